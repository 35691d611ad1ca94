type Attributes = Readonly<Record<string, string>>;

/** Makes an element. Children that are strings become text, never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Makes a button that does something. */
export function button(text: string, attributes: Attributes, act: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', act);
  return made;
}

/** A list of terms, such as the details of a build. */
export function termList(terms: readonly (readonly [name: string, value: Node | string])[]): HTMLElement {
  return element(
    'dl',
    {},
    ...terms.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
}
