import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface PosixLocker extends AsyncDisposable {
  readonly pid: number;
}

/** Locks `file` as lckpwdf(3) does, from a process of its own, until it is disposed. */
export async function startPosixLocker(file: string): Promise<PosixLocker> {
  // struct flock of the 64-bit machines; F_SETLK is 6.
  const script = `
    open(my $file, '+>>', $ARGV[0]) or die $!;
    my $lock = pack('s s x4 q q l x4', 1, 0, 0, 0, 0);
    fcntl($file, 6, $lock) or die $!;
    $| = 1; print "locked\\n"; <STDIN>;
  `;
  const child = spawn('perl', ['-e', script, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), closed]);
  if (child.pid === undefined || child.exitCode !== null) throw new Error('it did not lock');
  return {
    pid: child.pid,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await closed;
    },
  };
}
