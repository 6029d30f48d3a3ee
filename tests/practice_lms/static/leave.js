window.top.location.href = document.querySelector('a').href;
