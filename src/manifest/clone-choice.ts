/** What stands at a path of a tree that is cloned. FIFOs count as files; a device or a socket is never copied. */
export type CloneType = 'dir' | 'file' | 'symlink';

/**
 * What becomes of one path of a domain that is cloned.
 * - `leave`: it does not come along; with a reason where somebody might miss it.
 * - `copy`: it comes along, in the place of what was laid where `replaces` says so. A file or link that is as it was
 *   laid (asked where `unlessAsLaid` says so) gives its owner and mode alone, and nothing where the new tree has no
 *   such path.
 * - `enter`: a folder whose content is looked at. It is made where `isThere` is false, and `ifFilled` takes it away
 *   again when nothing came into it.
 */
export type CloneChoice =
  | { readonly type: 'leave'; readonly why?: string }
  | { readonly type: 'copy'; readonly replaces: boolean; readonly unlessAsLaid: boolean }
  | {
      readonly type: 'enter';
      readonly isThere: boolean;
      readonly replaces: boolean;
      readonly ifFilled: boolean;
      readonly owned: 'as laid' | 'as found unless as laid' | 'as found';
    };
