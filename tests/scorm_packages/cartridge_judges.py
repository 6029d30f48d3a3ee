"""What software of others says of Common Cartridges: one JSON object a file named.

Runs in ``.venv-xblock``, as a script: ``cartridge_judges.py FILE …``. ``profile`` are failures in
pyslet's conformance tests of the profile's section 1.4, ``integrity`` what qti-package-maker finds
not to fit together, ``links`` each LTI link as the library ``lti`` reads it.
"""

import io
import json
import logging
import sys
import tempfile
import unittest
import warnings
import zipfile
from pathlib import Path

from lti import ToolConfig
from lxml import etree
from qti_package_maker.common.package_integrity import check_package

MANIFEST = "imsmanifest.xml"


def profile(path: Path) -> list[str]:
    """pyslet knows the names of 1.0 and 1.1. What 1.3 calls otherwise is called as in 1.1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyslet.imscc_profilev1p0 import CCTestSuite
        from pyslet.imscc_profilev1p1 import CommonCartridge
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "cartridge.zip")
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
            for name in source.namelist():
                data = source.read(name)
                if name == MANIFEST:
                    data = data.replace(b"/imsccv1p3/", b"/imsccv1p1/")
                target.writestr(name, data)
        cartridge = CommonCartridge(str(copy))
        assert len(cartridge.cp.manifest.root.Resources.Resource) > 0
        runner = unittest.TextTestRunner(stream=io.StringIO())
        result = runner.run(CCTestSuite(cartridge))
        cartridge.close()
    assert result.testsRun == 8, result
    return [
        f"{test.id().rpartition('.')[2]}: {trace.strip().splitlines()[-1]}"
        for test, trace in (*result.failures, *result.errors)
    ]


def links(path: Path) -> dict[str, dict[str, object]]:
    """Title, addresses and custom parameters of each link to a tool."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name) if name.endswith(".xml") else b""
            if data and etree.QName(etree.fromstring(data)).localname == "cartridge_basiclti_link":
                tool = ToolConfig.create_from_xml(data)
                found[name] = {
                    "title": tool.title,
                    "description": tool.description,
                    "launch": tool.secure_launch_url or tool.launch_url,
                    "vendor": tool.vendor_name,
                    "custom": dict(tool.custom_params),
                }
    return found


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    for argument in sys.argv[1:]:
        path = Path(argument)
        judged = {
            "profile": profile(path),
            "integrity": check_package(str(path)),
            "links": links(path),
        }
        print(json.dumps(judged), flush=True)
