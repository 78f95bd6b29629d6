"""Paper and figures around a parcel: slips and labels, carriers' files, what carriers pay back."""
