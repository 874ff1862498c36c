/** Numeric on purpose: a name means different people inside and outside a tree. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export const rootOwner: Owner = { uid: 0, gid: 0 };
