/**
 * Text of passwd(5), group(5), shadow(5) and gshadow(5), one character a byte (latin1): nobody promises UTF-8, and what
 * is not ours to change has to come out byte for byte.
 */
export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
  readonly shadow: string;
  readonly gshadow: string;
}

export type AccountFileName = keyof AccountFiles;

/** How many fields a line has; a line of any other number is no account, to the C library too. */
export const fieldCounts: Readonly<Record<AccountFileName, number>> = {
  passwd: 7,
  group: 4,
  shadow: 9,
  gshadow: 4,
};

/** The fields of each whole line, in order. Comments, NIS lines (`+`, `-`) and damaged lines are no accounts. */
export function listAccounts(file: AccountFileName, text: string): readonly (readonly string[])[] {
  return text.split('\n').flatMap((line) => {
    const fields = fieldsOf(file, line);
    return fields === undefined ? [] : [fields];
  });
}

/** The fields of the account `name`: of several lines the first, as in getpwnam(3). */
export function findAccountFields(
  file: AccountFileName,
  text: string,
  name: string,
): readonly string[] | undefined {
  return listAccounts(file, text).find((fields) => fields[0] === name);
}

/** `text` with every whole line changed by `change`, which gives undefined to leave it as it is. */
export function mapAccounts(
  file: AccountFileName,
  text: string,
  change: (fields: readonly string[]) => readonly string[] | undefined,
): string {
  return text
    .split('\n')
    .map((line) => {
      const fields = fieldsOf(file, line);
      const changed = fields && change(fields);
      return changed === undefined ? line : joinFields(file, changed);
    })
    .join('\n');
}

/** `text` with this account in the place of the first one of its name, or appended where there is none. */
export function putAccount(file: AccountFileName, text: string, fields: readonly string[]): string {
  const [name] = fields;
  let found = false;
  const replaced = mapAccounts(file, text, (each) => {
    if (found || each[0] !== name) return undefined;
    found = true;
    return fields;
  });
  return found ? replaced : appendLine(text, joinFields(file, fields));
}

/** `text` without any account of this name: behind a removed line a second one would come to light. */
export function dropAccount(file: AccountFileName, text: string, name: string): string {
  return text
    .split('\n')
    .filter((line) => fieldsOf(file, line)?.[0] !== name)
    .join('\n');
}

/** The bytes of `text` in UTF-8, one character each: a field as it stands in an account file. */
export function encodeField(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** What people read in a field; bytes that are not UTF-8 become U+FFFD. */
export function decodeField(field: string): string {
  return Buffer.from(field, 'latin1').toString('utf8');
}

function fieldsOf(file: AccountFileName, line: string): readonly string[] | undefined {
  const fields = line.split(':');
  const isAccount = fields.length === fieldCounts[file] && /^[^#+-]/u.test(line) && fields[0] !== '';
  return isAccount ? fields : undefined;
}

/** NIS lines stay at the end, where shadow-utils keeps them; a last line that was cut short is not continued. */
function appendLine(text: string, line: string): string {
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const nis = /^[+-]/mu.exec(whole)?.index ?? whole.length;
  return `${whole.slice(0, nis)}${line}\n${whole.slice(nis)}`;
}

/** Every field was checked where it came in; one that would forge an account is our own mistake. */
function joinFields(file: AccountFileName, fields: readonly string[]): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  const bad = fields.find((field) => /[:\n\r\u0000\u0100-\uffff]/u.test(field));
  if (bad !== undefined || fields.length !== fieldCounts[file])
    throw new Error(`not a line of ${file}: ${JSON.stringify(fields.slice(0, 1))}`);
  return fields.join(':');
}
