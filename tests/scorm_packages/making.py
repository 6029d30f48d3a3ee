"""Small packages written by hand: sound as they are, and easily broken in one place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from scorm_builder.formats import FORMATS

MANIFEST_12 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m1" version="1.0"
  xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd
    http://www.adlnet.org/xsd/adlcp_rootv1p2 adlcp_rootv1p2.xsd">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="o1">
    <organization identifier="o1">
      <title>Course</title>
      <item identifier="i1" identifierref="r1" parameters="?lang=en">
        <title>Lesson</title>
        <adlcp:prerequisites type="aicc_script">i1</adlcp:prerequisites>
        <adlcp:maxtimeallowed>01:00:00</adlcp:maxtimeallowed>
        <adlcp:timelimitaction>exit,message</adlcp:timelimitaction>
        <adlcp:datafromlms>some data</adlcp:datafromlms>
        <adlcp:masteryscore>70</adlcp:masteryscore>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="index.html">
      <file href="index.html"/>
      <dependency identifierref="r2"/>
    </resource>
    <resource identifier="r2" type="webcontent" adlcp:scormtype="asset">
      <file href="style.css"/>
    </resource>
  </resources>
</manifest>
"""

MANIFEST_2004 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m1" version="1.0"
  xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
  xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3"
  xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3"
  xmlns:imsss="http://www.imsglobal.org/xsd/imsss"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.imsglobal.org/xsd/imscp_v1p1 imscp_v1p1.xsd
    http://www.adlnet.org/xsd/adlcp_v1p3 adlcp_v1p3.xsd
    http://www.adlnet.org/xsd/adlseq_v1p3 adlseq_v1p3.xsd
    http://www.adlnet.org/xsd/adlnav_v1p3 adlnav_v1p3.xsd
    http://www.imsglobal.org/xsd/imsss imsss_v1p0.xsd">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="o1">
    <organization identifier="o1" adlseq:objectivesGlobalToSystem="false">
      <title>Course</title>
      <item identifier="i1" identifierref="r1">
        <title>Lesson</title>
        <adlcp:timeLimitAction>exit,message</adlcp:timeLimitAction>
        <adlcp:dataFromLMS>some data</adlcp:dataFromLMS>
        <adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.5"/>
        <imsss:sequencing>
          <imsss:controlMode choice="true" flow="false"/>
          <imsss:sequencingRules>
            <imsss:preConditionRule>
              <imsss:ruleConditions conditionCombination="any">
                <imsss:ruleCondition condition="completed" operator="not"/>
              </imsss:ruleConditions>
              <imsss:ruleAction action="skip"/>
            </imsss:preConditionRule>
          </imsss:sequencingRules>
          <imsss:limitConditions attemptLimit="3"/>
          <imsss:rollupRules objectiveMeasureWeight="0.5"/>
          <imsss:objectives>
            <imsss:primaryObjective objectiveID="p1" satisfiedByMeasure="true">
              <imsss:minNormalizedMeasure>0.7</imsss:minNormalizedMeasure>
            </imsss:primaryObjective>
            <imsss:objective objectiveID="second"/>
          </imsss:objectives>
          <imsss:randomizationControls randomizationTiming="once"/>
          <imsss:deliveryControls tracked="true" completionSetByContent="true"/>
          <adlseq:rollupConsiderations requiredForCompleted="ifAttempted"/>
        </imsss:sequencing>
        <adlnav:presentation>
          <adlnav:navigationInterface>
            <adlnav:hideLMSUI>continue</adlnav:hideLMSUI>
          </adlnav:navigationInterface>
        </adlnav:presentation>
      </item>
      <imsss:sequencing>
        <imsss:controlMode choice="true" flow="true"/>
        <imsss:rollupRules>
          <imsss:rollupRule childActivitySet="any">
            <imsss:rollupConditions>
              <imsss:rollupCondition condition="attempted"/>
            </imsss:rollupConditions>
            <imsss:rollupAction action="completed"/>
          </imsss:rollupRule>
        </imsss:rollupRules>
      </imsss:sequencing>
    </organization>
  </organizations>
  <resources>
    <resource identifier="r1" type="webcontent" adlcp:scormType="sco" href="index.html">
      <file href="index.html"/>
      <dependency identifierref="r2"/>
    </resource>
    <resource identifier="r2" type="webcontent" adlcp:scormType="asset">
      <file href="style.css"/>
    </resource>
  </resources>
</manifest>
"""

MANIFESTS = {"scorm12": MANIFEST_12, "scorm2004": MANIFEST_2004}
PAGE = '<!doctype html><html lang="en"><link rel="stylesheet" href="style.css"><p>Hello</p></html>'


def files(kind: str = "scorm12", **changed: str | bytes | None) -> dict[str, bytes]:
    """The entries of a sound package. ``changed`` replaces or, with None, removes: write names
    with ``__`` for a dot (``index__html``)."""
    entries: dict[str, bytes] = {
        "imsmanifest.xml": MANIFESTS[kind].encode(),
        "index.html": PAGE.encode(),
        "style.css": b"p { color: black }",
    }
    entries |= {name: source.read_bytes() for name, source in FORMATS[kind].schema_files()}
    for key, value in changed.items():
        name = key.replace("__", ".")
        if value is None:
            entries.pop(name)
        else:
            entries[name] = value.encode() if isinstance(value, str) else value
    return entries


def zipped(entries: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    """A zip of these, in this order, doubles and all."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def package(folder: Path, entries: dict[str, bytes], name: str = "package.zip") -> Path:
    path = folder / name
    path.write_bytes(zipped(entries.items()))
    return path
