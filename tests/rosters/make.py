#!/usr/bin/env python3
"""Makes the rosters in this folder, with the programs that people have.

    python3 -m venv /tmp/rosters && /tmp/rosters/bin/pip install openpyxl XlsxWriter pandas msoffcrypto-tool
    /tmp/rosters/bin/python make.py          also needs soffice (LibreOffice Calc), and Debian's python3-uno for passwords

The names of the files say which program wrote them. All people are invented.
"""

import datetime
import io
import pathlib
import subprocess
import tempfile

import openpyxl
import pandas
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl.styles import Font

HERE = pathlib.Path(__file__).resolve().parent
HEADINGS = ["name", "email", "ensims_password", "jess_username", "jess_password"]


def person(number, **other):
    """A line of a roster, with other values where a trap is."""
    values = {
        "name": f"Student {number}",
        "email": f"student{number}@uni.example",
        "ensims_password": f"start-{number}",
        "jess_username": f"jess-{number}",
        "jess_password": f"other-{number}",
    }
    return [(values | other)[heading] for heading in HEADINGS]


def fill(sheet, rows):
    for row in rows:
        sheet.append(row)


def typed_traps():
    """Values that the spreadsheet does not keep as text. Only names and JESS user names may be whole numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    people = [
        person(1, name=4711, jess_username=2026001),
        person(2, jess_username=123),
        person(3, ensims_password=123),
        person(4, jess_password=1e5),
        person(5, ensims_password=datetime.date(2026, 11, 3)),
        person(6, ensims_password=datetime.time(12, 30), jess_password=datetime.datetime(2026, 11, 3, 8, 0)),
        person(7, ensims_password=True, jess_username=True),
        person(8, jess_password="#N/A"),
        person(9, jess_username=1.5),
        person(10, jess_username=12),
        person(11, name="1E+05", ensims_password="03.11.2026", jess_password="0123"),
        person(12, email=4711),
    ]
    fill(sheet, [HEADINGS, *people])
    sheet["D3"].number_format = "0000"
    sheet["C4"].number_format = "0000"
    sheet["E5"].number_format = "0.00E+00"
    sheet["D11"].number_format = '"A"000'
    book.save(HERE / "openpyxl-typed.xlsx")


def laid_out():
    """Titles above the headings, merged and hidden cells, a name that is not ASCII; all accounts are right."""
    book = openpyxl.Workbook()
    book.active.title = "Hinweise"
    book.active["A1"] = "Passwörter nur persönlich weitergeben"
    sheet = book.create_sheet("Übung Wärme")
    fill(sheet, [["Bauphysik, Wintersemester"], [], ["Stand:", datetime.date(2026, 11, 3)], [None, *HEADINGS]])
    sheet.merge_cells("A1:F1")
    sheet["A1"].font = Font(bold=True)
    fill(sheet, ([None, *person(number)] for number in range(1, 7)))
    fill(sheet, [[], [None, *person(7, name="Zoë Ångström")]])
    sheet.row_dimensions[6].hidden = True
    sheet.row_dimensions[8].hidden = True
    sheet.column_dimensions["D"].hidden = True
    book.save(HERE / "openpyxl-laid-out.xlsx")


def merged():
    """A heading over two columns, and accounts that share a merged cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    fill(sheet, [[HEADINGS[0], None, *HEADINGS[1:]], ["Ada", "King", *person(1)[1:]], ["Ben", None, *person(2)[1:]]])
    sheet.append(["Cem", None, *person(3, jess_password=None)[1:]])
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("F3:F4")
    book.save(HERE / "openpyxl-merged.xlsx")


def stray():
    """One cell far away from the others."""
    book = openpyxl.Workbook()
    fill(book.active, [HEADINGS, person(1), person(2)])
    book.active["XFD1048576"] = "x"
    book.save(HERE / "openpyxl-stray-cell.xlsx")


def sheets():
    """Several sheets with e-mail addresses."""
    book = openpyxl.Workbook()
    for number, title in enumerate(["Group A", "Group B", "Group C"], 1):
        sheet = book.active if number == 1 else book.create_sheet(title)
        sheet.title = title
        fill(sheet, [HEADINGS, person(number)])
    book.save(HERE / "openpyxl-sheets.xlsx")


def formulas_without_values():
    book = openpyxl.Workbook()
    fill(book.active, [HEADINGS, person(1, ensims_password='="start"&1'), person(2, email='="b"&"@uni.example"')])
    book.save(HERE / "openpyxl-formulas.xlsx")


def formulas():
    """Formulas with stored values, and text in several fonts."""
    with xlsxwriter.Workbook(HERE / "xlsxwriter-formulas.xlsx") as book:
        sheet = book.add_worksheet("Liste")
        sheet.write_row(0, 0, HEADINGS)
        for number in range(1, 6):
            sheet.write_row(number, 0, person(number))
        sheet.write_formula("C2", '="start-"&1', None, "start-1")
        sheet.write_formula("C3", "=1000+1", None, 1001)
        sheet.write_formula("E4", "=1=1", None, True)
        sheet.write_formula("E5", "=NA()", None, "#N/A")
        sheet.write_formula("D6", "=4710+1", None, 4711)
        sheet.write_rich_string("C6", book.add_format({"bold": True}), "start", "-5")


def many():
    with xlsxwriter.Workbook(HERE / "xlsxwriter-5000.xlsx", {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for number in range(1, 5001):
            sheet.write_row(number, 0, person(number, jess_username="jess", jess_password="shared"))


def frames():
    """What pandas makes of numbers with gaps, and CSV in other encodings."""
    people = [person(1, name="Zoë", jess_username=4711), person(2, jess_username=None, jess_password=None), person(3, jess_username=4713)]
    frame = pandas.DataFrame(people, columns=HEADINGS)
    frame["jess_username"] = frame["jess_username"].astype(float)
    frame.to_excel(HERE / "pandas-gaps.xlsx", index=False)
    frame.to_excel(HERE / "pandas-index.xlsx")
    frame = pandas.DataFrame([person(1, name="Zoë"), person(2, ensims_password="Grüße")], columns=HEADINGS)
    frame.to_csv(HERE / "pandas-utf-16.csv", index=False, sep="\t", encoding="utf-16")
    frame.to_csv(HERE / "pandas-windows-1252.csv", index=False, sep=";", encoding="cp1252")


def protected():
    with io.BytesIO() as plain:
        book = openpyxl.Workbook()
        fill(book.active, [HEADINGS, person(1)])
        book.save(plain)
        plain.seek(0)
        with open(HERE / "msoffcrypto-password.xlsx", "wb") as file:
            OOXMLFile(plain).encrypt("secret", file)


def convert(source, extension):
    """Lets LibreOffice open a file and save it in another format."""
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", extension, "--outdir", folder, HERE / source]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        name = pathlib.Path(source).stem.split("-", 1)[1]
        written = pathlib.Path(folder, pathlib.Path(source).stem + "." + extension)
        (HERE / f"libreoffice-{name}.{extension}").write_bytes(written.read_bytes())


# LibreOffice saves with a password only for programs that talk to it, from Debian's own Python.
SAVE_WITH_PASSWORD = """
import sys, time, uno
from com.sun.star.beans import PropertyValue
resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
for attempt in range(120):
    try:
        context = resolver.resolve("uno:pipe,name=rosters;urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.5)
desktop = context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
def value(name, value):
    return PropertyValue(Name=name, Value=value)
book = desktop.loadComponentFromURL("file://" + sys.argv[1], "_blank", 0, (value("Hidden", True),))
for path, filter in zip(sys.argv[2:], ["calc8", "MS Excel 97"]):
    book.storeToURL("file://" + path, (value("FilterName", filter), value("Password", "secret")))
book.close(True)
desktop.terminate()
"""


def protected_by_libreoffice(source):
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        office = subprocess.Popen(["soffice", profile, "--headless", "--accept=pipe,name=rosters;urp;"])
        paths = [HERE / source, HERE / "libreoffice-password.ods", HERE / "libreoffice-password.xls"]
        subprocess.run(["/usr/bin/python3", "-c", SAVE_WITH_PASSWORD, *paths], check=True)
        office.wait(60)


if __name__ == "__main__":
    for make in [typed_traps, laid_out, merged, stray, sheets, formulas_without_values, formulas, many, frames, protected]:
        make()
    for name in ["openpyxl-typed.xlsx", "xlsxwriter-formulas.xlsx", "openpyxl-laid-out.xlsx"]:
        for extension in ["ods", "xls"]:
            convert(name, extension)
    convert("openpyxl-typed.xlsx", "xlsx")
    convert("openpyxl-stray-cell.xlsx", "ods")
    protected_by_libreoffice("openpyxl-sheets.xlsx")
