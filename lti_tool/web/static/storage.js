// Keeps the secret of a login with the platform, or brings it back at the launch (LTI Client Side
// postMessages 0.1, LTI Platform Storage 0.1). Whatever fails, or takes too long, sends the form.
(function () {
  "use strict";
  var form = document.getElementById("storage");
  var data = form.dataset;
  // A window of its own has the platform in its opener.
  var platform = window.parent !== window ? window.parent : window.opener;
  var PATIENCE = 1500;

  function randomId() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(bytes, function (byte) {
      return ("0" + byte.toString(16)).slice(-2);
    }).join("");
  }

  // Sends one message and takes its answer, from `origin` alone where that is not "*".
  function ask(frame, origin, message) {
    return new Promise(function (resolve, reject) {
      var id = randomId();
      var timer = setTimeout(function () { end(reject); }, PATIENCE);

      function end(settle, value) {
        clearTimeout(timer);
        window.removeEventListener("message", hear);
        settle(value);
      }

      function hear(event) {
        var answer = event.data;
        if (!answer || answer.message_id !== id) { return; }
        if (answer.subject !== message.subject + ".response") { return; }
        if (origin === "*" ? event.source !== frame : event.origin !== origin) { return; }
        if (answer.error) { end(reject); } else { end(resolve, answer); }
      }

      window.addEventListener("message", hear);
      frame.postMessage(Object.assign({ message_id: id }, message), origin);
    });
  }

  // The frame of that name beside us, or the platform's window itself.
  function frameNamed(name) {
    if (!name || name === "_parent") { return platform; }
    try {
      return platform.frames[name] || platform;
    } catch (error) {
      return platform;
    }
  }

  // What the platform says of a message: its frame, and its name (the drafts had longer ones).
  // A platform that does not answer may store all the same: the login has named its frame.
  function capability(subject) {
    return ask(platform, "*", { subject: "lti.capabilities" }).then(function (answer) {
      var known = Array.isArray(answer.supported_messages) ? answer.supported_messages : [];
      var found = known.filter(function (item) {
        return item && (item.subject === subject || item.subject === "org.imsglobal." + subject);
      })[0];
      if (!found) { throw new Error("not offered"); }
      return { subject: found.subject, frame: frameNamed(found.frame || data.target) };
    }, function () {
      return { subject: subject, frame: frameNamed(data.target) };
    });
  }

  function send(subject, message) {
    return capability(subject).then(function (found) {
      return ask(found.frame, data.origin, Object.assign({ subject: found.subject }, message));
    });
  }

  function store() {
    return send("lti.put_data", { key: data.key, value: data.value }).then(function () {
      window.location.replace(data.onwards);
    });
  }

  function fetchBack() {
    return send("lti.get_data", { key: data.key }).then(function (answer) {
      if (typeof answer.value !== "string") { throw new Error("nothing stored"); }
      form.elements.browser_secret.value = answer.value;
      form.submit();
    });
  }

  var done = platform ? (data.onwards ? store() : fetchBack()) : Promise.reject();
  done.catch(function () { form.submit(); });
})();
