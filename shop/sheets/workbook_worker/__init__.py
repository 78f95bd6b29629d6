"""The process that opens uploaded sheets, with little memory, little time and no network needs.

Run by ``shop.sheets.workbooks`` in an interpreter of its own, which imports nothing else of ours.
Standard input is one line of JSON (``{"kind": "xlsx" | "csv" | "book", "rows": most}``) and then
the file; standard output is JSON:
``{"rows": [[cell, …], …], "formulas": [[row, column], …], "merged": [[r, c, r, c], …]}``
or ``{"refused": code}``; of a workbook also ``"part"``, where its sheet lies. Rows and columns
count from 0. A cell is text, a number, true or false, null, ``{"date": iso}`` or
``{"error": code}``. Of a ``book`` every sheet is given, hidden ones too: see ``books.read_book``.

``limits`` says how large anything may be, ``archives`` judges the zip before any parser sees it,
``cells`` how far a sheet reaches, ``books`` and ``texts`` read, ``answering`` is the process.
"""
