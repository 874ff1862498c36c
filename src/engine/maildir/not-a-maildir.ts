/** Something stands where a mailbox or a part of it belongs, and mail must not go there. */
export class NotAMaildir extends Error {
  override readonly name = 'NotAMaildir';
}
