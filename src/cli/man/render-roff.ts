import type { ManBlock, ManPage } from './man-page.ts';

export interface ManFooter {
  readonly version: string;
  /** ISO 8601 day. */
  readonly date: string;
}

const titles = { 5: 'File Formats Manual', 8: 'System Manager Manual' } as const;

/** The page in the macros of man(7), which groff and mandoc both read. Pure ASCII. */
export function renderRoff(page: ManPage, { version, date }: ManFooter): string {
  const { name, section, summary, synopsis, sections, seeAlso } = page;
  return [
    `.TH ${name.toUpperCase()} ${section} ${date} "virtfs ${version}" "${titles[section]}"`,
    '.SH NAME',
    `${escapeRoff(name)} \\- ${escapeRoff(summary)}`,
    ...(synopsis.length === 0 ? [] : ['.SH SYNOPSIS']),
    ...synopsis.flatMap((line, index) => [...(index === 0 ? [] : ['.br']), escapeLine(line)]),
    ...sections.flatMap(({ title, blocks }) => [`.SH ${title}`, ...renderBlocks(blocks)]),
    '.SH SEE ALSO',
    seeAlso.map(renderReference).join(',\n'),
    '',
  ].join('\n');
}

function renderBlocks(blocks: readonly ManBlock[]): readonly string[] {
  // A paragraph mark right behind a heading is one too many.
  return blocks.flatMap((block, index) =>
    renderBlock(block, index === 0 || blocks[index - 1]?.type === 'heading'),
  );
}

function renderBlock(block: ManBlock, isFirst: boolean): readonly string[] {
  const paragraph = isFirst ? [] : ['.PP'];
  switch (block.type) {
    case 'text':
      return [...paragraph, escapeLine(block.text)];
    case 'heading':
      return [`.SS ${escapeRoff(block.text)}`];
    case 'terms':
      return block.terms.flatMap(([term, text]) => ['.TP', `\\fB${escapeRoff(term)}\\fR`, escapeLine(text)]);
    case 'code':
      return [...paragraph, '.RS 4', '.nf', ...block.lines.map(escapeLine), '.fi', '.RE'];
  }
}

function renderReference(reference: string): string {
  const [, name = reference, section = ''] = /^(.*)(\(\d\))$/u.exec(reference) ?? [];
  return `\\fB${escapeRoff(name)}\\fR${section}`;
}

/** A line of text: never taken for a request, however it begins. */
function escapeLine(text: string): string {
  const escaped = escapeRoff(text);
  return /^[.']/u.test(escaped) ? `\\&${escaped}` : escaped;
}

/** Text with nothing in it that roff acts on. Hyphens stay what one can copy into a shell. */
export function escapeRoff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replaceAll(
      /[^\n\x20-\x7e]/gu,
      (char) => `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}
