import { addAddresses, addAliases, ip2, removeAddresses, removeAliases } from './change-one.ts';
import { type NamesWords, renameOne } from './rename-one.ts';
import { runAsDriver } from './run-driver.ts';

// Changes the names or addresses of one.org in a process of its own, so that a test can kill it.
await runAsDriver<NamesWords>(async ({ action, place, keepAlias }) => {
  switch (action) {
    case 'rename':
      return renameOne(place, { keepAlias });
    case 'add aliases':
      return addAliases(place, 'www.one.org', 'one.net');
    case 'remove aliases':
      return removeAliases(place, 'www.one.org', 'one.net');
    case 'add address':
      return addAddresses(place, ip2);
    case 'remove address':
      return removeAddresses(place, ip2);
  }
});
