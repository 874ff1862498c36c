import type { EnhancedStatus } from './mail-types.ts';

/** A reply of an LMTP server (RFC 5321, 4.2), all its lines together. */
export interface Reply {
  readonly code: number;
  /** Of RFC 3463, where the server says one that fits the code; else X.0.0 by the code. */
  readonly status: EnhancedStatus | undefined;
  /** Without the codes, one line. */
  readonly text: string;
}

/** One line of a reply; `isLast` when no other follows. Undefined for what is none. */
export function parseReplyLine(
  line: string,
): { readonly reply: Reply; readonly isLast: boolean } | undefined {
  const found = /^([2-5]\d\d)(?:([ -])(.*))?$/u.exec(line);
  if (found === null) return undefined;
  const [, code = '', mark = ' ', rest = ''] = found;
  const [, status, text = rest] = /^([245]\.\d{1,3}\.\d{1,3})(?: (.*))?$/u.exec(rest) ?? [];
  const isFailure = code.startsWith('4') || code.startsWith('5');
  const fits = isFailure && status?.startsWith(code.charAt(0));
  return {
    reply: {
      code: Number(code),
      status: fits ? (status as EnhancedStatus) : undefined,
      text: status === undefined ? rest : (text ?? ''),
    },
    isLast: mark !== '-',
  };
}
