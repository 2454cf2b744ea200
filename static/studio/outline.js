/* Lessons and stages are dragged; the buttons beside them do the same without. */
(() => {
  const form = document.querySelector("form[data-outline]");
  if (!form || !window.Sortable) return;

  const put = (lesson, stage, place) => {
    const word = document.createElement("input");
    word.type = "hidden";
    word.name = "do";
    word.value = `put:${lesson}/${stage}/${place}`;
    form.append(word);
    form.submit();
  };

  for (const list of form.querySelectorAll(".lessonlist")) {
    list.classList.add("sorts");
    Sortable.create(list, {
      group: "lessons",
      handle: ".grip",
      animation: 120,
      onEnd: ({ item, to, newIndex, from, oldIndex }) => {
        if (to !== from || newIndex !== oldIndex) put(item.dataset.lesson, to.dataset.stage, newIndex);
      },
    });
  }
})();
