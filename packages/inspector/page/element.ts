/** An element of the page. @throws {Error} The page has none, or one of another kind */
export function element<E extends Element>(id: string, kind: new () => E): E {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`The page has no ${kind.name} ${id}.`)
}

/** A cell of a table. */
export function cell(text: string, className = ''): HTMLTableCellElement {
  const made = document.createElement('td')
  made.textContent = text
  made.className = className
  return made
}

/** The cell by which a row is named. */
export function rowHeader(text: string): HTMLTableCellElement {
  const made = document.createElement('th')
  made.scope = 'row'
  made.textContent = text
  return made
}

/** The beginning of a node's id: enough to tell nodes apart by eye. */
export function shortId(id: string): string {
  return id.slice(0, 6)
}
