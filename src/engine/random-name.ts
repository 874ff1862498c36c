/** A name that nobody has and nobody can foresee. node:crypto takes 8 ms to load, and few calls need one. */
export function randomName(prefix: string): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}
