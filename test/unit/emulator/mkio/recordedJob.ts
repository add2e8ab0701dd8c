/** A real job of MK.IO: from JobsOperationsTests.cs of github.com/microsoft/MK.IO, its only finished encoding job. */
export const recordedJob = {
  name: 'job-7326300f',
  id: '/subscriptions/52907a2e-ab43-43ba-8b9f-8cb78285f665/resourceGroups/default/providers/Microsoft.Media/mediaservices/mkiotest/transforms/simpletransformsd/jobs/job-7326300f',
  type: 'Microsoft.Media/mediaservices/transforms/jobs',
  properties: {
    created: '2024-03-27T15:33:58.451407Z',
    description: 'Mysdencodingjob',
    lastModified: '2024-03-27T15:36:43.395374Z',
    priority: 'High',
    state: 'Finished',
    input: {
      files: ['http://commondatastorage.googleapis.com/gtv-videos-bucket/sample/ForBiggerEscapes.mp4'],
      '@odata.type': '#Microsoft.Media.JobInputHttp',
    },
    outputs: [
      {
        label: 'BuiltInStandardEncoderPreset_0',
        state: 'Finished',
        startTime: '2024-03-27T15:36:31.000000Z',
        endTime: '2024-03-27T15:36:36.000000Z',
        progress: 100,
        assetName: 'output-b19d8b84',
        '@odata.type': '#Microsoft.Media.JobOutputAsset',
      },
    ],
    startTime: '2024-03-27T15:36:31.000000Z',
    endTime: '2024-03-27T15:36:36.000000Z',
  },
  systemData: {
    createdBy: 'user@domain.com',
    createdByType: 'User',
    createdAt: '2024-03-27T15:33:58.451407Z',
    lastModifiedBy: 'user@domain.com',
    lastModifiedByType: 'User',
    lastModifiedAt: '2024-03-27T15:36:43.395374Z',
  },
  supplemental: {
    operation: 'get',
    subscription: { id: 'bf747f59-771a-4e9b-a6cd-59351c4a71d2', name: 'mkiotest' },
  },
} as const;

/** The input of the other recorded job, of a converter, which says of no start. */
export const recordedAssetInput = {
  '@odata.type': '#Microsoft.Media.JobInputAsset',
  assetName: 'asset-ec0688cc',
  files: ['*'],
} as const;
