const button = document.getElementById("all-code");
const folds = document.querySelectorAll("details.code");
if (button && folds.length) {
  button.hidden = false;
  button.onclick = () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    folds.forEach((fold) => { fold.open = open; });
    button.setAttribute("aria-pressed", open);
  };
}
