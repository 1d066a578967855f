import type { Browser, BrowserContext, Page } from 'playwright-core'

/** A page that is open in a browser, and what it has complained of: errors, warnings, breaches of the policy. */
export class Tab {
  readonly page: Page
  readonly complaints: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text())
    })
  }

  static open(browser: Browser, url: string): Promise<Tab> {
    return Tab.openIn(browser, url)
  }

  /** As a page beside others that share their storage. */
  static async openIn(context: Browser | BrowserContext, url: string): Promise<Tab> {
    const tab = new Tab(await context.newPage())
    await tab.page.goto(url)
    return tab
  }

  /** Waits for an element of a text. @returns whether it is there */
  async shows(text: string): Promise<boolean> {
    return (await this.page.waitForSelector(`:is(li, p):text-is("${text}")`)).isVisible()
  }

  /** Waits until there is no such element. @returns whether it is gone */
  async hides(text: string): Promise<boolean> {
    await this.page.waitForSelector(`:is(li, p):text-is("${text}")`, { state: 'detached' })
    return true
  }
}
