"""The archive itself: what can be read, and what an importing LMS could be hurt by."""

from __future__ import annotations

from scorm_builder.verify.rules import Rule

_ZIP = "ZIP application note"
RULES = {
    "archive.not-a-zip": Rule(
        "error",
        "The file is no zip archive, or its directory cannot be read.",
        "A package is a zip with its manifest at the root: export or download it again.",
        "ADL validator, check 1",
    ),
    "archive.escapes": Rule(
        "error",
        "A name is absolute, has a drive letter, or leads outside by «..».",
        "Do not import a package that does this. Names must be relative and without «..».",
        _ZIP + " 4.4.17",
    ),
    "archive.backslash": Rule(
        "error",
        "A name holds a backslash, which servers read in different ways.",
        "Zip the folder with a tool that writes forward slashes.",
        _ZIP + " 4.4.17",
    ),
    "archive.name": Rule(
        "error",
        "A name is empty, or holds control signs or empty parts.",
        "Rename the file.",
    ),
    "archive.long-name": Rule(
        "error",
        "A name is longer than file systems can hold (255 bytes a part, 1,000 in all).",
        "Shorten the names of files and folders.",
    ),
    "archive.windows-name": Rule(
        "doubt",
        'A name that Windows servers cannot keep: < > : " | ? *, CON and its like, a dot or '
        "space at the end.",
        "Use Latin letters, digits, hyphens, dots and underscores.",
    ),
    "archive.not-ascii": Rule(
        "doubt",
        "A name beyond ASCII, which some LMSs unpack wrongly.",
        "Use Latin letters, digits, hyphens, dots and underscores.",
    ),
    "archive.encoding": Rule(
        "doubt",
        "A name is not ASCII and not marked as UTF-8: each system reads it in its own way.",
        "Zip with a tool that writes UTF-8 names, or use plain ASCII names.",
        _ZIP + " 4.4.4, appendix D",
    ),
    "archive.symlink": Rule(
        "error",
        "A symbolic link, which would show files of the server.",
        "Put the file itself into the package.",
    ),
    "archive.special": Rule(
        "error",
        "An entry is neither a file nor a folder (a device, a pipe, a socket).",
        "Leave it out.",
    ),
    "archive.encrypted": Rule(
        "error", "An entry is encrypted.", "Zip without a password.", _ZIP + " 4.4.4"
    ),
    "archive.method": Rule(
        "error",
        "A compression method that most LMSs do not know.",
        "Zip with «deflate» or «store».",
        _ZIP + " 4.4.5",
    ),
    "archive.duplicate": Rule(
        "error",
        "Several entries have one name: each reader takes another of them.",
        "Zip again from a clean folder.",
    ),
    "archive.case": Rule(
        "error",
        "Names that differ in upper and lower case only: on many servers they are one file.",
        "Rename all but one.",
    ),
    "archive.unicode": Rule(
        "error",
        "Names that look alike but are written with different signs (Unicode normalisation).",
        "Rename all but one, best in plain ASCII.",
    ),
    "archive.conflict": Rule(
        "error",
        "A name is a file and a folder at once.",
        "Rename the file or the folder.",
    ),
    "archive.bomb": Rule(
        "error",
        "The entries unpack to far more than the archive holds: this looks like a zip bomb.",
        "Do not import this package. If it is yours, remove the files that are nearly empty.",
    ),
    "archive.overlap": Rule(
        "error",
        "Entries share the same bytes of the archive: this is how bombs are made.",
        "Do not import this package.",
    ),
    "archive.too-many-entries": Rule(
        "error",
        "More files than are looked into.",
        "Split the course into several packages.",
    ),
    "archive.too-large": Rule(
        "error", "A file that must be read is too large for that.", "Make the file smaller."
    ),
    "archive.damaged": Rule(
        "error",
        "An entry cannot be unpacked, or its bytes do not fit its checksum.",
        "Export the package again, or download it again.",
        _ZIP + " 4.4.7",
    ),
    "archive.headers": Rule(
        "error",
        "The archive's directory and the entry itself contradict each other.",
        "Do not trust this package. If it is yours, zip the folder again.",
        _ZIP + " 4.3.7, 4.3.12",
    ),
    "archive.hidden": Rule(
        "doubt",
        "The archive holds an entry that its directory does not list.",
        "Zip the folder again; a reader that goes by the entries sees another package.",
        _ZIP + " 4.3.6",
    ),
    "archive.surrounded": Rule(
        "doubt",
        "The archive has further data before its first entry or after its end.",
        "Zip the folder again; some LMSs take the file for damaged.",
        _ZIP + " 4.3.6",
    ),
    "archive.inside": Rule(
        "error",
        "The package lies in an archive inside this archive.",
        "Unpack the outer archive and use the one inside.",
    ),
    "sums.missing": Rule(
        "doubt",
        "A file that the package's list of checksums does not name.",
        "Leave the file out, or build the package again.",
    ),
    "sums.wrong": Rule(
        "error",
        "A file is not the one that the list of checksums names: it was changed, or is not there.",
        "Do not use the package; get it again from where it was made.",
    ),
    "sums.malformed": Rule(
        "error",
        "The list of checksums cannot be read.",
        "Write a line «<SHA-256 in hex>  <name>» for each file, or leave the list out.",
    ),
    "signature.missing": Rule(
        "error",
        "A public key was given, but the package is not signed.",
        "Get the signed package, or build it with --sign.",
    ),
    "signature.wrong": Rule(
        "error",
        "The signature was not made with this key, or the package was changed since.",
        "Do not use the package; make sure that it is the right key.",
    ),
    "findings.more": Rule(
        "warning",
        "Further findings of one code were left out.",
        "Mend those shown, then validate again.",
    ),
}
