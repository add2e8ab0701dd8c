import type { ConnectionInfo } from '../../../src/emulator/emulator.ts';

/** Settings and environment with which a window is signed in to an emulator that runs outside of it. */
export function emulatorAccount(connection: ConnectionInfo): {
  settings: Record<string, unknown>;
  env: Record<string, string>;
  secrets: Record<string, string>;
} {
  return {
    settings: {
      'mediaServices.accounts': [
        {
          name: 'emulator',
          kind: 'ams',
          endpoint: connection.root,
          authentication: { method: 'environment', authorityHost: connection.authorityHost },
        },
      ],
    },
    env: {
      AZURE_TENANT_ID: connection.tenantId,
      AZURE_CLIENT_ID: connection.clientId,
      AZURE_CLIENT_SECRET: connection.clientSecret,
      NODE_EXTRA_CA_CERTS: connection.caFile,
    },
    secrets: {
      'client secret': connection.clientSecret,
      'account key': connection.accountKey,
      'admin token': connection.adminToken,
      'personal API token of MK.IO': connection.mkio.token,
      'API key of Ravnur': connection.ravnur.apiKey,
    },
  };
}
