import { text } from '@perfcollector/cli';

/** What the portal layout takes. */
export const portalOptions = {
  disk: text({ flag: '--disk <name>', about: 'The disk that the portal sees; else the busiest physical one.' }),
  iface: text({
    flag: '--iface <name>',
    about: 'The network interface that the portal sees; else the busiest physical one.',
  }),
};
