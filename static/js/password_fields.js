// Passwords that whoever types them may read.

/** Shows the password of the field that a button names, or hides it again. */
export function showPassword(button) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const isShown = field.type === "password";
  field.type = isShown ? "text" : "password";
  button.setAttribute("aria-pressed", String(isShown));
}
