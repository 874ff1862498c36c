import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { MailSettings } from './mail-settings.ts';
import { whyNotAdminName } from './parse-admin-name.ts';
import { parseMailSettings } from './parse-mail-settings.ts';
import { parseRecordFacts } from './parse-record-facts.ts';
import type { UidRange } from './record.ts';

/** What of a domain's record decides where its mail goes. */
export interface RecordMail {
  readonly uids: UidRange;
  readonly admin: string | undefined;
  readonly settings: MailSettings;
}

/** Reads no more than a delivery needs, without a schema library. Throws BAD_RECORD. */
export function parseRecordMail(text: string, file: string): RecordMail {
  const { uids } = parseRecordFacts(text, file);
  const { admin, mail }: Readonly<Record<string, unknown>> = JSON.parse(text);
  const { settings, complaints } =
    mail === undefined ? { settings: {}, complaints: [] } : parseMailSettings(mail);
  const isName = typeof admin === 'string' && whyNotAdminName(admin) === undefined;
  if (complaints.length === 0) return { uids, admin: isName ? admin : undefined, settings };
  throw new VirtfsError('BAD_RECORD', {
    what: `cannot read ${escapeLines(file)}`,
    why: escapeLines(complaints.join('; ')),
    mend: 'put the file back from a backup; virtfs mail set writes what it says of mail',
  });
}
