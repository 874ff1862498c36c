// enter-plainly ROOT DOMAIN HOW [USER]: enters a tree as a bare chroot(8) would, or, with HOW `host`, not at all, and
// becomes the call server. What virtfs adds is all missing: tests of check --escape must see it get out.
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { parsePasswd } from '../../src/domain/parse-passwd.ts';
import { changeRoot } from '../../src/linux/change-root.ts';
import { becomeIdentity } from '../../src/linux/credentials.ts';
import { endProcess } from '../../src/linux/end-process.ts';
import { restoreBlocking } from '../../src/linux/exec-program.ts';
import { execOpenProgram, makeProgramInMemory } from '../../src/linux/program-in-memory.ts';
import { replaceDescriptor } from '../../src/linux/replace-descriptor.ts';
import { encodeCallServer } from '../../src/pipeline/escape/encode-call-server.ts';

const [root = '', domain = '', how = '', user] = process.argv.slice(2);
const tree = join(root, domain);
const program = makeProgramInMemory('plain', encodeCallServer(process.arch === 'arm64' ? 'arm64' : 'x64'));
const account =
  user === undefined ? undefined : parsePasswd(readFileSync(join(tree, 'etc/passwd'), 'utf8'), user);
const { uid = 0, gid = 0 } = account ?? {};
restoreBlocking([0, 0]);
// Node keeps all it has from its heirs; what dup2(2) makes is theirs.
for (const fd of [0, 1]) {
  replaceDescriptor(fd, 100);
  replaceDescriptor(100, fd);
  closeSync(100);
}
if (isatty(4)) {
  replaceDescriptor(4, 2);
  replaceDescriptor(3, 100);
}
if (how === 'chroot') {
  const fd = openSync(tree, constants.O_RDONLY | constants.O_DIRECTORY);
  changeRoot(fd);
  closeSync(fd);
}
becomeIdentity({ uid, gid, groups: [] });
const { message } = execOpenProgram(program, 'plain');
writeSync(2, message);
endProcess(126);
