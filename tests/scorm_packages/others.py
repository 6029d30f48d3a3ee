"""Small sound packages of the other kinds: cmi5 and Common Cartridges."""

from __future__ import annotations

CMI5 = """<?xml version="1.0" encoding="UTF-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
  <course id="https://example.org/course">
    <title>
      <langstring lang="en">Course</langstring>
      <langstring lang="fr">Cours</langstring>
    </title>
    <description><langstring lang="en">About it</langstring></description>
  </course>
  <objectives>
    <objective id="https://example.org/course/o1">
      <title><langstring lang="en">Aim</langstring></title>
      <description><langstring lang="en">What one can do then</langstring></description>
    </objective>
  </objectives>
  <block id="https://example.org/course/b1">
    <title><langstring lang="en">Unit</langstring></title>
    <description><langstring lang="en">The first</langstring></description>
    <objectives><objective idref="https://example.org/course/o1"/></objectives>
    <au id="https://example.org/course/a1" moveOn="CompletedOrPassed" masteryScore="0.8"
        launchMethod="AnyWindow" activityType="http://adlnet.gov/expapi/activities/lesson">
      <title><langstring lang="en">Lesson</langstring></title>
      <description><langstring lang="en">The lesson</langstring></description>
      <url>index.html?unit=1</url>
    </au>
  </block>
</courseStructure>
"""


def cmi5(structure: str = CMI5) -> dict[str, bytes]:
    return {
        "cmi5.xml": structure.encode(),
        "index.html": b'<!doctype html><link rel="stylesheet" href="style.css"><p>Hello</p>',
        "style.css": b"p { color: black }",
    }


_CARTRIDGE = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m1" xmlns="http://www.imsglobal.org/xsd/imsccv1p{minor}/imscp_v1p1"
  xmlns:lom="http://ltsc.ieee.org/xsd/imsccv1p{minor}/LOM/manifest"
  xmlns:cpx="http://www.imsglobal.org/xsd/imsccv1p{minor}/imscp_extensionv1p2">
  <metadata>
    <schema>IMS Common Cartridge</schema>
    <schemaversion>1.{minor}.0</schemaversion>
    <lom:lom><lom:general><lom:title><lom:string>Course</lom:string></lom:title></lom:general></lom:lom>
  </metadata>
  <organizations>
    <organization identifier="o1" structure="rooted-hierarchy">
      <item identifier="root">
        <item identifier="folder">
          <title>Unit</title>
          <item identifier="i1" identifierref="page"><title>Page</title></item>
          <item identifier="i2" identifierref="link"><title>Link</title></item>
          <item identifier="i3" identifierref="topic"><title>Talk</title></item>
          <item identifier="i4" identifierref="test"><title>Test</title></item>
          <item identifier="i5" identifierref="tool"><title>Tool</title></item>
        </item>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="page" type="webcontent" href="pages/page.html">
      <file href="pages/page.html"/>
      <dependency identifierref="style"/>
    </resource>
    <resource identifier="style" type="webcontent"><file href="pages/style.css"/></resource>
    <resource identifier="link" type="imswl_xmlv1p{minor}"><file href="link.xml"/></resource>
    <resource identifier="topic" type="imsdt_xmlv1p{minor}"><file href="topic.xml"/></resource>
    <resource identifier="test" type="imsqti_xmlv1p2/imscc_xmlv1p{minor}/assessment">
      <file href="test.xml"/>
    </resource>
    <resource identifier="bank" type="imsqti_xmlv1p2/imscc_xmlv1p{minor}/question-bank">
      <file href="bank.xml"/>
    </resource>
    <resource identifier="tool" type="imsbasiclti_xmlv1p0"><file href="tool.xml"/></resource>
  </resources>
</manifest>
"""

_ITEM = """<item ident="q1" title="One">
      <itemmetadata><qtimetadata><qtimetadatafield>
        <fieldlabel>cc_profile</fieldlabel><fieldentry>cc.multiple_choice.v0p1</fieldentry>
      </qtimetadatafield></qtimetadata></itemmetadata>
      <presentation>
        <material><mattext texttype="text/html">Which?</mattext></material>
        <response_lid ident="r1" rcardinality="Single"><render_choice>
          <response_label ident="a"><material><mattext>This</mattext></material></response_label>
          <response_label ident="b"><material><mattext>That</mattext></material></response_label>
        </render_choice></response_lid>
      </presentation>
      <resprocessing>
        <outcomes><decvar varname="SCORE" vartype="Decimal" minvalue="0" maxvalue="100"/></outcomes>
        <respcondition continue="No"><conditionvar>
          <varequal respident="r1">a</varequal>
        </conditionvar><setvar action="Set" varname="SCORE">100</setvar></respcondition>
      </resprocessing>
    </item>"""
_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_TEST = f"""<questestinterop xmlns="{_QTI}">
  <assessment ident="t1" title="Test">
    <qtimetadata><qtimetadatafield>
      <fieldlabel>cc_profile</fieldlabel><fieldentry>cc.exam.v0p1</fieldentry>
    </qtimetadatafield></qtimetadata>
    <section ident="root_section">{_ITEM}</section>
  </assessment>
</questestinterop>"""
_BANK = f"""<questestinterop xmlns="{_QTI}">
  <objectbank ident="b1">{_ITEM}</objectbank>
</questestinterop>"""
TOOL = """<cartridge_basiclti_link xmlns="http://www.imsglobal.org/xsd/imslticc_v1p0"
  xmlns:blti="http://www.imsglobal.org/xsd/imsbasiclti_v1p0"
  xmlns:lticp="http://www.imsglobal.org/xsd/imslticp_v1p0">
  <blti:title>Tool</blti:title>
  <blti:secure_launch_url>https://tool.example/launch</blti:secure_launch_url>
  <blti:vendor><lticp:code>example</lticp:code><lticp:name>Example</lticp:name></blti:vendor>
</cartridge_basiclti_link>"""
_LINK = """<webLink xmlns="http://www.imsglobal.org/xsd/imsccv1p{minor}/imswl_v1p{minor}">
  <title>Link</title><url href="https://example.org/read"/>
</webLink>"""
_TOPIC = """<topic xmlns="http://www.imsglobal.org/xsd/imsccv1p{minor}/imsdt_v1p{minor}">
  <title>Talk</title><text texttype="text/html">What do you think?</text>
</topic>"""


def cartridge(minor: int = 1) -> dict[str, bytes]:
    """A sound cartridge of version 1.``minor`` with a resource of every kind."""
    entries = {
        "imsmanifest.xml": _CARTRIDGE,
        "pages/page.html": '<link rel="stylesheet" href="style.css">'
        '<img src="$IMS-CC-FILEBASE$/pages/style.css" alt="">',
        "pages/style.css": "p {}",
        "link.xml": _LINK,
        "topic.xml": _TOPIC,
        "test.xml": _TEST,
        "bank.xml": _BANK,
        "tool.xml": TOOL,
    }
    return {name: text.replace("{minor}", str(minor)).encode() for name, text in entries.items()}


_THIN = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m1" xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1">
  <metadata>
    <schema>IMS Thin Common Cartridge</schema>
    <schemaversion>1.3.0</schemaversion>
  </metadata>
  <organizations>
    <organization identifier="o1" structure="rooted-hierarchy">
      <item identifier="root">
        <item identifier="i1" identifierref="tool"><title>Tool</title></item>
        <item identifier="i2" identifierref="link"><title>Link</title></item>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="tool" type="imsbasiclti_xmlv1p3"><file href="tool.xml"/></resource>
    <resource identifier="link" type="imswl_xmlv1p3">
      <webLink xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imswl_v1p3">
        <title>Link</title><url href="https://example.org/read"/>
      </webLink>
    </resource>
  </resources>
</manifest>
"""


def thin() -> dict[str, bytes]:
    """A thin cartridge: one tool in a file, one link within the manifest."""
    return {
        "imsmanifest.xml": _THIN.encode(),
        "tool.xml": TOOL.replace("imslticc_v1p0", "imslticc_v1p3").encode(),
    }
