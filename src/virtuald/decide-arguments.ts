/** What exec(2) is told: the program, and the words it sees, its own name first. */
export interface ServiceWords {
  /** A name, looked up on the PATH inside the tree, or a path of the tree. */
  readonly program: Uint8Array;
  readonly argv: readonly Uint8Array[];
}

/**
 * The words of a service. tcpd(8) is told by its own name which program to run and whose rules to read, so behind it
 * stands the service as it is to be called: `tcpd wu.ftpd -l` becomes tcpd with the words `wu.ftpd -l`. Undefined for
 * no word at all, and for a tcpd with nothing behind it.
 */
export function decideArguments(words: readonly Uint8Array[]): ServiceWords | undefined {
  const [program, ...rest] = words;
  if (program === undefined) return undefined;
  if (!isTcpd(program)) return { program, argv: words };
  return rest.length === 0 ? undefined : { program, argv: rest };
}

/** The word a service goes by in the log: the last part of its program's path, of the one behind tcpd. */
export function nameService(words: readonly Uint8Array[]): string {
  const [program = Buffer.of(), behind] = words;
  const named = isTcpd(program) && behind !== undefined ? behind : program;
  return lastPart(named) || 'service';
}

function isTcpd(program: Uint8Array): boolean {
  return lastPart(program) === 'tcpd';
}

function lastPart(path: Uint8Array): string {
  const text = Buffer.from(path).toString();
  return text.slice(text.lastIndexOf('/') + 1);
}
