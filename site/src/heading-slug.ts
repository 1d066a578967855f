/** The anchors of a page's headings, made as GitHub makes them, so that a link leads to the same place there and on the site. */
export class HeadingSlugs {
  readonly #used = new Map<string, number>()

  /** The anchor of the next heading of the page. A text that was there before gets a number. */
  next(heading: string): string {
    const slug = headingSlug(heading)
    const before = this.#used.get(slug)
    this.#used.set(slug, (before ?? 0) + 1)
    return before === undefined ? slug : `${slug}-${before}`
  }
}

/** A heading as an anchor: lower case, without punctuation, with a hyphen for each space. */
export function headingSlug(heading: string): string {
  const text = heading.replaceAll('`', '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-')
}
