import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { xmlDeclaration, xmlText } from '../../platform/tables/xml.ts'
import { zip } from '../../platform/tables/zip.ts'
import type { ReportElement, ReportEntry } from '../elements/model.ts'
import type { Language } from '../language/language.ts'
import type { Block, PrintDocument } from './document.ts'
import { stateText } from './text.ts'

/**
 * A document as DOCX (ECMA-376 WordprocessingML), made while it is sent: the well-kept library builds it in memory first,
 * which takes a gigabyte for 5,000 activities.
 */
export const renderDocx = (document: PrintDocument, t: Language): Readable => {
  const addresses: string[] = []
  return zip([
    { path: '[Content_Types].xml', text: () => [contentTypes] },
    { path: '_rels/.rels', text: () => [rootRelations] },
    { path: 'docProps/core.xml', text: () => [properties(document)] },
    { path: 'word/styles.xml', text: () => [styles(document.language)] },
    { path: 'word/settings.xml', text: () => [settings] },
    { path: 'word/header1.xml', text: () => [header(document)] },
    { path: 'word/footer1.xml', text: () => [footer(document)] },
    { path: 'word/document.xml', text: () => body(document, addresses, t) },
    // Made last: the addresses are those that the document turned out to name.
    { path: 'word/_rels/document.xml.rels', text: () => [relationsOf(addresses)] },
  ])
}

const w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const relations = 'http://schemas.openxmlformats.org/package/2006/relationships'

async function* body(document: PrintDocument, addresses: string[], t: Language): AsyncGenerator<string> {
  yield `${xmlDeclaration}<w:document ${w} xmlns:r="${office}"><w:body>`
  yield paragraph('Title', run(document.title)) + paragraph('Subtitle', run(document.subtitle))
  yield paragraph('Subtitle', run(document.footer))
  yield contents(document.contents)
  let bookmark = 0
  let inTable = false
  for await (const block of document.blocks) {
    if (inTable && block.kind !== 'element') {
      yield '</w:tbl>'
      inTable = false
    }
    if (!inTable && block.kind === 'element') {
      yield tableStart
      inTable = true
    }
    yield renderBlock(block, ++bookmark, addresses, t)
  }
  if (inTable) yield '</w:tbl>'
  yield `${paragraph('Normal', '')}<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:footerReference w:type="default" r:id="rId4"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1021" w:bottom="1134" w:left="1021" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>`
}

const paragraph = (style: string, content: string, more = '') =>
  `<w:p><w:pPr><w:pStyle w:val="${style}"/>${more}</w:pPr>${content}</w:p>`

const run = (text: string, properties = '') =>
  text
    .split('\n')
    .map(
      (line, i) =>
        `<w:r>${properties && `<w:rPr>${properties}</w:rPr>`}${i > 0 ? '<w:br/>' : ''}<w:t xml:space="preserve">${xmlText(line)}</w:t></w:r>`,
    )
    .join('')

/** Names of bookmarks have at most 40 letters, digits and underscores; ids may be longer. */
const bookmarkOf = (id: string) => `b_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`

/** A table of contents that leads to the headings; Word makes it anew, with page numbers, on demand (F9). */
const contents = ({ heading, items }: PrintDocument['contents']): string => {
  const begin =
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\n \\z </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
  const end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
  const entries = items.map(({ level, text, id }, i) =>
    paragraph(
      `TOC${level}`,
      `${i === 0 ? begin : ''}<w:hyperlink w:anchor="${bookmarkOf(id)}" w:history="1">${run(text)}</w:hyperlink>${i === items.length - 1 ? end : ''}`,
    ),
  )
  return paragraph('TOCHeading', run(heading)) + entries.join('')
}

const renderBlock = (block: Block, number: number, addresses: string[], t: Language): string => {
  switch (block.kind) {
    case 'heading':
      return heading(block, number)
    case 'paragraph':
      return paragraph({ plain: 'Normal', meta: 'Meta', mark: 'Mark' }[block.style], run(block.text))
    case 'finding':
      return paragraph('Finding', `${run(`${block.label} `, '<w:b/>')}${run(block.text)}`)
    case 'element':
      return row(block, addresses, t)
  }
}

const heading = ({ level, text, id }: Extract<Block, { kind: 'heading' }>, number: number) =>
  paragraph(
    `Heading${level}`,
    `<w:bookmarkStart w:id="${number}" w:name="${bookmarkOf(id)}"/>${run(text)}<w:bookmarkEnd w:id="${number}"/>`,
  )

const tableStart =
  '<w:tbl><w:tblPr><w:tblStyle w:val="Elements"/><w:tblW w:w="5000" w:type="pct"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="2900"/><w:gridCol w:w="6960"/></w:tblGrid>'

const row = ({ provision, element }: Extract<Block, { kind: 'element' }>, addresses: string[], t: Language) =>
  `<w:tr><w:tc><w:tcPr><w:tcW w:w="2900" w:type="dxa"/></w:tcPr>${provision === undefined ? '' : paragraph('Provision', run(provision))}${paragraph('ElementName', run(element.label))}</w:tc><w:tc><w:tcPr><w:tcW w:w="6960" w:type="dxa"/></w:tcPr>${content(element, addresses, t)}</w:tc></w:tr>`

const content = (element: ReportElement, addresses: string[], t: Language): string =>
  element.state === 'stated'
    ? element.entries.map((entry) => entryParagraphs(entry, 0, addresses, t)).join('')
    : paragraph('State', run(stateText(element, t)))

const entryParagraphs = (entry: ReportEntry, depth: number, addresses: string[], t: Language): string =>
  paragraph('Entry', entryRuns(entry, addresses), indent(depth)) +
  entry.details.map((detail) => detailParagraphs(detail, depth + 1, addresses, t)).join('')

/** A detail stands in one line unless its entries have details of their own. */
const detailParagraphs = (detail: ReportElement, depth: number, addresses: string[], t: Language): string => {
  const label = run(`${detail.label}: `, '<w:color w:val="57606A"/>')
  if (detail.state !== 'stated')
    return paragraph('Entry', `${label}${run(stateText(detail, t), '<w:i/>')}`, indent(depth))
  if (detail.entries.some(({ details }) => details.length > 0))
    return (
      paragraph('Entry', label, indent(depth)) +
      detail.entries.map((entry) => entryParagraphs(entry, depth + 1, addresses, t)).join('')
    )
  const texts = detail.entries.map((entry, i) => `${i > 0 ? run(', ') : ''}${entryRuns(entry, addresses)}`)
  return paragraph('Entry', label + texts.join(''), indent(depth))
}

const indent = (depth: number) => (depth === 0 ? '' : `<w:ind w:left="${depth * 220}"/>`)

const entryRuns = ({ text, url }: ReportEntry, addresses: string[]): string => {
  if (url === undefined) return run(text)
  addresses.push(url)
  return `${run(`${text} `)}<w:hyperlink r:id="rId${firstAddress + addresses.length - 1}">${run(url, '<w:rStyle w:val="Hyperlink"/>')}</w:hyperlink>`
}

const firstAddress = 10

const relationsOf = (addresses: string[]) =>
  `${xmlDeclaration}<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/styles" Target="styles.xml"/><Relationship Id="rId2" Type="${office}/settings" Target="settings.xml"/><Relationship Id="rId3" Type="${office}/header" Target="header1.xml"/><Relationship Id="rId4" Type="${office}/footer" Target="footer1.xml"/>${addresses
    .map(
      (url, i) =>
        `<Relationship Id="rId${firstAddress + i}" Type="${office}/hyperlink" Target="${xmlText(url)}" TargetMode="External"/>`,
    )
    .join('')}</Relationships>`

const rootRelations = `${xmlDeclaration}<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

const part = (name: string) =>
  `<Override PartName="/word/${name}.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.${name.replace('1', '')}${name === 'document' ? '.main' : ''}+xml"/>`

const contentTypes = `${xmlDeclaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${['document', 'styles', 'settings', 'header1', 'footer1'].map(part).join('')}<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`

const properties = ({ title, language }: PrintDocument) =>
  `${xmlDeclaration}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${xmlText(title)}</dc:title><dc:language>${language}</dc:language></cp:coreProperties>`

const settings = `${xmlDeclaration}<w:settings ${w}><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`

const header = ({ header: text }: PrintDocument) =>
  `${xmlDeclaration}<w:hdr ${w}>${paragraph('Header', run(text))}</w:hdr>`

const field = (name: string) =>
  `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ${name} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>${run('1')}<w:r><w:fldChar w:fldCharType="end"/></w:r>`

const footer = ({ footer: text, page }: PrintDocument) =>
  `${xmlDeclaration}<w:ftr ${w}>${paragraph('Footer', `${run(text)}<w:r><w:tab/></w:r>${run(`${page} `)}${field('PAGE')}${run(' / ')}${field('NUMPAGES')}`)}</w:ftr>`

const paragraphStyle = (
  id: string,
  name: string,
  paragraphProperties: string,
  runProperties: string,
  basedOn = 'Normal',
) =>
  `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/><w:basedOn w:val="${basedOn}"/><w:qFormat/><w:pPr>${paragraphProperties}</w:pPr><w:rPr>${runProperties}</w:rPr></w:style>`

const spacing = (before: number, after: number) => `<w:spacing w:before="${before}" w:after="${after}"/>`
const blue = '<w:color w:val="1D4F91"/>'
const grey = '<w:color w:val="57606A"/>'
const size = (halfPoints: number) => `<w:sz w:val="${halfPoints}"/>`

const styles = (language: string) =>
  `${xmlDeclaration}<w:styles ${w}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri" w:eastAsia="Calibri"/>${size(20)}<w:lang w:val="${language}"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:pPr>${spacing(0, 80)}</w:pPr></w:style>${[
    paragraphStyle('Title', 'Title', spacing(0, 120), `<w:b/>${blue}${size(44)}`),
    paragraphStyle('Subtitle', 'Subtitle', spacing(0, 80), `${grey}${size(22)}`),
    paragraphStyle('TOCHeading', 'TOC Heading', spacing(360, 120), `<w:b/>${blue}${size(28)}`),
    paragraphStyle('TOC1', 'toc 1', spacing(80, 20), '<w:b/>'),
    paragraphStyle('TOC2', 'toc 2', `${spacing(0, 20)}<w:ind w:left="240"/>`, ''),
    paragraphStyle(
      'Heading1',
      'heading 1',
      `<w:keepNext/><w:pageBreakBefore/>${spacing(0, 160)}<w:outlineLvl w:val="0"/>`,
      `<w:b/>${blue}${size(32)}`,
    ),
    paragraphStyle(
      'Heading2',
      'heading 2',
      `<w:keepNext/>${spacing(360, 80)}<w:outlineLvl w:val="1"/>`,
      `<w:b/>${blue}${size(26)}`,
    ),
    paragraphStyle(
      'Heading3',
      'heading 3',
      `<w:keepNext/>${spacing(200, 60)}<w:outlineLvl w:val="2"/>`,
      `<w:b/>${size(22)}`,
    ),
    paragraphStyle('Meta', 'Meta', spacing(0, 120), `${grey}${size(18)}`),
    paragraphStyle('Mark', 'Mark', spacing(0, 80), '<w:b/><w:color w:val="9A3412"/>'),
    paragraphStyle('ElementName', 'Element name', spacing(40, 40), `<w:b/>${size(18)}`),
    paragraphStyle('Provision', 'Provision', spacing(40, 0), `${grey}${size(16)}`),
    paragraphStyle('Entry', 'Entry', spacing(20, 20), size(18)),
    paragraphStyle('State', 'State', spacing(40, 40), `<w:i/>${grey}${size(18)}`),
    paragraphStyle('Finding', 'Finding', spacing(20, 60), size(18)),
    paragraphStyle('Header', 'header', '', `${grey}${size(16)}`),
    paragraphStyle('Footer', 'footer', '<w:tabs><w:tab w:val="right" w:pos="9860"/></w:tabs>', `${grey}${size(16)}`),
  ].join(
    '',
  )}<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr>${blue}<w:u w:val="single"/></w:rPr></w:style><w:style w:type="table" w:styleId="Elements"><w:name w:val="Elements"/><w:tblPr><w:tblBorders><w:top w:val="single" w:sz="4" w:color="D0D7DE"/><w:bottom w:val="single" w:sz="4" w:color="D0D7DE"/><w:insideH w:val="single" w:sz="4" w:color="D0D7DE"/></w:tblBorders><w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>`
