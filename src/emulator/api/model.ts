import type { JobSnapshot, TaskSnapshot } from '../simulation/snapshot.ts';

export type PrimitiveType = 'Edm.String' | 'Edm.Int32' | 'Edm.Double' | 'Edm.DateTime';
/** Edm.DateTime is Unix milliseconds here. */
export type PrimitiveValue = string | number | null;

export interface PrimitiveProperty<E> {
  readonly kind: 'primitive';
  readonly name: string;
  readonly type: PrimitiveType;
  /** Recorded verbose tasks have `Z` on these dates though other dates have no zone. */
  readonly zoneInVerbose?: boolean;
  readonly read: (entity: E) => PrimitiveValue;
}

export interface CollectionProperty<E> {
  readonly kind: 'collection';
  readonly name: string;
  /** Complex type of the items, without namespace. */
  readonly itemType: string;
  /** Since which x-ms-version the service has it. */
  readonly since?: number;
  readonly write: (entity: E) => readonly ComplexValue[];
}

/** An item of a collection, its fields in wire order. */
export type ComplexValue = readonly {
  readonly name: string;
  readonly type: PrimitiveType;
  readonly value: PrimitiveValue;
}[];

export type Property<E> = PrimitiveProperty<E> | CollectionProperty<E>;

export interface EntityType<E> {
  readonly name: string;
  readonly set: string;
  /** In wire order, as recorded. */
  readonly properties: readonly Property<E>[];
  /** In the order of the recorded verbose entity. */
  readonly navigation: readonly string[];
  readonly idOf: (entity: E) => string;
}

export const namespace = 'Microsoft.Cloud.Media.Vod.Rest.Data.Models';

/** Media Encoder Standard (MS docs "Get media processors"). */
const mediaEncoderStandard = 'nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56';
/** Notification subscriptions of tasks came with the SDK that speaks 2.13. */
const taskNotificationsSince = 2.13;

export const jobType: EntityType<JobSnapshot> = {
  name: 'Job',
  set: 'Jobs',
  idOf: (job) => job.id,
  navigation: ['Tasks', 'OutputMediaAssets', 'InputMediaAssets'],
  properties: [
    primitive('Id', 'Edm.String', (job) => job.id),
    primitive('Name', 'Edm.String', (job) => job.name),
    primitive('Created', 'Edm.DateTime', (job) => job.created),
    primitive('LastModified', 'Edm.DateTime', (job) => job.lastModified),
    primitive('EndTime', 'Edm.DateTime', (job) => job.endTime),
    primitive('Priority', 'Edm.Int32', (job) => job.priority),
    primitive('RunningDuration', 'Edm.Double', (job) => job.runningDuration),
    primitive('StartTime', 'Edm.DateTime', (job) => job.startTime),
    primitive('State', 'Edm.Int32', (job) => job.state),
    primitive('TemplateId', 'Edm.String', (job) => job.templateId),
    {
      kind: 'collection',
      name: 'JobNotificationSubscriptions',
      itemType: 'JobNotificationSubscription',
      write: () => [],
    },
  ],
};

export const taskType: EntityType<TaskSnapshot> = {
  name: 'Task',
  set: 'Tasks',
  idOf: (task) => task.id,
  navigation: ['OutputMediaAssets', 'InputMediaAssets'],
  properties: [
    primitive('Id', 'Edm.String', (task) => task.id),
    primitive('Configuration', 'Edm.String', (task) => task.configuration),
    { ...primitive<TaskSnapshot>('EndTime', 'Edm.DateTime', (task) => task.endTime), zoneInVerbose: true },
    {
      kind: 'collection',
      name: 'ErrorDetails',
      itemType: 'ErrorDetail',
      write: (task) =>
        task.errorDetails.map(({ code, message }) => [
          { name: 'Code', type: 'Edm.String', value: code },
          { name: 'Message', type: 'Edm.String', value: message },
        ]),
    },
    {
      kind: 'collection',
      name: 'HistoricalEvents',
      itemType: 'TaskHistoricalEvent',
      write: (task) =>
        task.historicalEvents.map(({ code, message, timeStamp }) => [
          { name: 'Code', type: 'Edm.String', value: code },
          { name: 'Message', type: 'Edm.String', value: message },
          { name: 'TimeStamp', type: 'Edm.DateTime', value: timeStamp },
        ]),
    },
    primitive('MediaProcessorId', 'Edm.String', () => mediaEncoderStandard),
    primitive('Name', 'Edm.String', (task) => task.name),
    primitive('PerfMessage', 'Edm.String', (task) => task.perfMessage),
    primitive('Priority', 'Edm.Int32', (task) => task.priority),
    primitive('Progress', 'Edm.Double', (task) => task.progress),
    primitive('RunningDuration', 'Edm.Double', (task) => task.runningDuration),
    { ...primitive<TaskSnapshot>('StartTime', 'Edm.DateTime', (task) => task.startTime), zoneInVerbose: true },
    primitive('State', 'Edm.Int32', (task) => task.state),
    primitive('TaskBody', 'Edm.String', (task) => task.taskBody),
    primitive('Options', 'Edm.Int32', () => 0),
    primitive('EncryptionKeyId', 'Edm.String', () => null),
    // Recorded on a task that is not protected.
    primitive('EncryptionScheme', 'Edm.String', () => 'None'),
    primitive('EncryptionVersion', 'Edm.String', () => null),
    primitive('InitializationVector', 'Edm.String', () => null),
    {
      kind: 'collection',
      name: 'TaskNotificationSubscriptions',
      itemType: 'TaskNotificationSubscription',
      since: taskNotificationsSince,
      write: () => [],
    },
  ],
};

function primitive<E>(name: string, type: PrimitiveType, read: (entity: E) => PrimitiveValue): PrimitiveProperty<E> {
  return { kind: 'primitive', name, type, read };
}
