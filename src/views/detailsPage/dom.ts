/** An element of the page by its id. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`The page has no element ${id}.`);
  }
  return found;
}

/** Sets a text where it is another one: what somebody has selected stays selected otherwise. */
export function setText(target: Element | undefined, text: string): void {
  if (target && target.textContent !== text) {
    target.textContent = text;
  }
}

export function setHidden(target: HTMLElement, hidden: boolean): void {
  if (target.hidden !== hidden) {
    target.hidden = hidden;
  }
}

/**
 * Makes the children of an element those of a list, and keeps the elements of items that stay. Of items with the same key
 * each has an element of its own. Where the element with the keyboard goes, the one beside it gets it.
 */
export function reconcile<T>(
  parent: HTMLElement,
  items: readonly T[],
  keyOf: (item: T, index: number) => string,
  create: (item: T) => HTMLElement,
  update: (child: HTMLElement, item: T) => void,
): void {
  const before = new Map<string, HTMLElement>();
  for (const child of parent.children) {
    if (child instanceof HTMLElement) {
      before.set(child.dataset['key'] ?? '', child);
    }
  }
  const seen = new Map<string, number>();
  let next = parent.firstElementChild;
  for (const [index, item] of items.entries()) {
    const name = keyOf(item, index);
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    const key = count === 0 ? name : `${name} ${count}`;
    let child = before.get(key);
    before.delete(key);
    if (!child) {
      child = create(item);
      child.dataset['key'] = key;
    }
    update(child, item);
    if (child === next) {
      next = next.nextElementSibling;
    } else {
      parent.insertBefore(child, next);
    }
  }
  for (const child of before.values()) {
    const beside = child.nextElementSibling ?? child.previousElementSibling;
    const hadFocus = child.contains(document.activeElement);
    child.remove();
    if (hadFocus && beside instanceof HTMLElement) {
      beside.focus();
    }
  }
}
