import type { MailSettings } from '../domain/mail-settings.ts';
import { escapeLines } from '../errors/escape-lines.ts';

/** What a domain's record says of mail, for people; `describeBytes` writes a size. */
export function describeMailSettings(
  { catchAll, refuse = [], quota, detail }: MailSettings,
  describeBytes: (bytes: number) => string,
): readonly (readonly [name: string, text: string])[] {
  const limits = [
    ...(quota?.bytes === undefined ? [] : [describeBytes(quota.bytes)]),
    ...(quota?.messages === undefined ? [] : [`${quota.messages} messages`]),
  ];
  const over = quota?.over === 'hard' ? 'sent back' : 'to be tried again';
  return [
    ['catch-all', catchAll === undefined ? 'none: what is for nobody is refused' : escapeLines(catchAll)],
    ['refused', refuse.length === 0 ? 'none' : escapeLines(refuse.join(' '))],
    [
      'quota',
      limits.length === 0 ? 'none' : `${limits.join(' and ')} for each user; what does not fit is ${over}`,
    ],
    [
      'user+detail',
      detail === undefined
        ? 'no: it is a name like any other'
        : 'the folder of that name, where the user has one',
    ],
  ];
}
