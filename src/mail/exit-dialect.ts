/** The exit statuses a mail system understands: those of qmail-command(8), or those of sysexits(3). */
export type ExitDialect = 'qmail' | 'sysexits';

/**
 * The dialect of the one who called: what --exit-codes says, else qmail's where EXT and HOST are set, as qmail-local
 * sets them. Imports nothing, for it is asked when nothing else can be loaded.
 */
export function decideDialect(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ExitDialect {
  const flag = '--exit-codes';
  const said = words.findLast((word, at) => word.startsWith(`${flag}=`) || words[at - 1] === flag);
  const value = said?.startsWith(`${flag}=`) ? said.slice(flag.length + 1) : said;
  if (value === 'qmail' || value === 'sysexits') return value;
  return env.EXT !== undefined && env.HOST !== undefined ? 'qmail' : 'sysexits';
}

/** What says that the message stays in the sender's queue. */
export function laterStatus(dialect: ExitDialect): 111 | 75 {
  return dialect === 'qmail' ? 111 : 75;
}
