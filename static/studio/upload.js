/* A large file goes up in pieces (tus), and on where it stopped; then the form is sent without it. */
(() => {
  const form = document.querySelector("form[data-upload]");
  if (!form || !window.tus || !tus.isSupported) return;
  const chosen = form.querySelector("input[type=file]");
  const box = form.querySelector("[data-progress]");
  const bar = box.querySelector("progress");
  const told = box.querySelector("[data-told]");
  const token = form.querySelector("[name=csrf_token]").value;

  const begin = async (file) => {
    box.hidden = false;
    if (file.size > Number(form.dataset.most)) {
      told.textContent = told.dataset.large;
      return;
    }
    const upload = new tus.Upload(file, {
      endpoint: form.dataset.upload,
      chunkSize: 4 * 1024 * 1024,
      retryDelays: [0, 1000, 3000, 5000, 10000, 20000, 40000],
      headers: { "X-CSRFToken": token },
      metadata: { filename: file.name },
      removeFingerprintOnSuccess: true,
      onProgress: (sent, all) => {
        bar.value = Math.floor((100 * sent) / all);
        told.textContent = told.dataset.percent.replace("{n}", bar.value);
      },
      onError: () => (told.textContent = told.dataset.failed),
      onSuccess: () => {
        const word = document.createElement("input");
        word.type = "hidden";
        word.name = "upload";
        word.value = upload.url;
        form.append(word);
        chosen.value = "";
        form.requestSubmit();
      },
    });
    const before = await upload.findPreviousUploads();
    if (before.length) upload.resumeFromPreviousUpload(before[0]);
    upload.start();
  };

  form.addEventListener("submit", (event) => {
    const [file] = chosen.files;
    if (!file || event.submitter?.name === "do") return;
    event.preventDefault();
    begin(file);
  });
})();
