/** Where virtmaild listens when nothing else is said. */
export const standardSocket = '/run/virtfs/lmtp.sock';
