import { expect, test } from 'vitest';
import { nssLibrary, parseNsswitch } from '../../../src/closure/parse-nsswitch.ts';

test('parseNsswitch names each service once, without actions and comments', () => {
  const text = `# passwd: commented
passwd:         files systemd
hosts :  files mdns4_minimal [NOTFOUND=return] dns [!UNAVAIL=return SUCCESS=continue] myhostname # resolve
initgroups: [
netgroup:\tnis
no colon here`;
  expect(parseNsswitch(text)).toEqual(['files', 'systemd', 'mdns4_minimal', 'dns', 'myhostname', 'nis']);
});

test('parseNsswitch takes no word that would lead the library elsewhere', () => {
  expect(parseNsswitch('passwd: ../../../home/eve/x files a/b a\0b')).toEqual(['files']);
});

test('nssLibrary is the library of a service', () => {
  expect(nssLibrary('dns')).toBe('libnss_dns.so.2');
});
