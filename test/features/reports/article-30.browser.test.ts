import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pino from 'pino'
import type { Browser, Page } from 'playwright-core'
import { createApiKey, createLocalSession, ensurePrincipal, generateKey } from '../../../src/access/index.ts'
import { buildApp } from '../../../src/app.ts'
import { examples, loadExamples } from '../../../src/examples/index.ts'
import { createDatabase } from '../../../src/platform/db/database.ts'
import { createPool } from '../../../src/platform/db/pool.ts'
import { launchBrowser } from '../../support/browser.ts'
import { createTestDatabase } from '../../support/database.ts'
import { createDependencies } from '../../support/dependencies.ts'

let browser: Browser
let page: Page
let address: string
let link: string
let close: () => Promise<void>
const complaints: string[] = []

beforeAll(async () => {
  const database = await createTestDatabase()
  const logger = pino({ level: 'silent' })
  const db = createDatabase(
    createPool({ connectionString: database.connectionString, applicationName: 'test', logger }),
  )
  await loadExamples(db, examples)
  await createApiKey(db, generateKey(), { principal: 'local', role: 'admin' })
  const localSession = createLocalSession({ id: await ensurePrincipal(db, 'local'), name: 'local' })
  link = localSession.link
  const app = await buildApp({
    ...createDependencies(db, database.connectionString, logger),
    serveMetrics: false,
    approvals: 'four-eyes',
    localSession,
  })
  address = await app.listen({ host: '127.0.0.1', port: 0 })
  browser = await launchBrowser()
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  close = async () => {
    await browser.close()
    await app.close()
    await db.destroy()
    await database.drop()
  }
}, 60_000)
afterAll(() => close())

test('the link opens the report once; the session reads, and cannot be used again by the link', async () => {
  await page.goto(address + link)
  expect(page.url()).toContain('/v1/reports/article-30')
  expect(await page.locator('h1').textContent()).toBe('Record of processing activities')
  const cookies = await page.context().cookies()
  expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
  const other = await browser.newPage()
  expect((await other.goto(address + link))!.status()).toBe(404)
  await other.close()
})

test('the page is whole: style applied, nothing blocked, contents lead to activities', async () => {
  expect(complaints).toEqual([])
  expect(
    await page
      .locator('.element')
      .first()
      .evaluate((element) => (globalThis as any).getComputedStyle(element).display),
  ).toBe('grid')
  const links = page.locator('nav ol a')
  expect(await links.count()).toBeGreaterThan(20)
  for (const target of await links.evaluateAll((all) => all.map((a) => a.getAttribute('href')))) {
    expect(await page.locator(`[id="${target!.slice(1)}"]`).count()).toBe(1)
  }
  expect(await page.locator('body').textContent()).not.toMatch(/undefined|\[object/)
})

test.each([360, 768, 1280])('nothing is cut at a width of %i', async (width) => {
  await page.setViewportSize({ width, height: 900 })
  const wide = await page.evaluate(() => (globalThis as any).document.documentElement.scrollWidth)
  expect(wide).toBeLessThanOrEqual(width)
})

test('print makes pages of it', async () => {
  const pdf = await page.pdf({ preferCSSPageSize: true })
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)!.length
  expect(pages).toBeGreaterThan(20)
})

test('the documentation of the contract opens', async () => {
  const docs = await browser.newPage()
  await docs.goto(`${address}/docs`)
  await docs.waitForSelector('.opblock', { timeout: 20_000 })
  expect(await docs.locator('.opblock').count()).toBeGreaterThan(40)
  await docs.close()
})
