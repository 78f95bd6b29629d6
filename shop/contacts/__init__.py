"""How a producer can be reached and met: people, Zalo, own shop, where else it sells."""
