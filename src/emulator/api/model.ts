import type { AssetSnapshot } from '../simulation/assets.ts';
import type { JobSnapshot, TaskSnapshot } from '../simulation/snapshot.ts';
import type { MediaProcessor } from './mediaProcessors.ts';
import type { ReservedUnits } from './reservedUnits.ts';

export type PrimitiveType = 'Edm.String' | 'Edm.Int32' | 'Edm.Double' | 'Edm.DateTime' | 'Edm.Boolean' | 'Edm.Guid';
/** Edm.DateTime is Unix milliseconds here. */
export type PrimitiveValue = string | number | boolean | null;

export interface PrimitiveProperty<E> {
  readonly kind: 'primitive';
  readonly name: string;
  readonly type: PrimitiveType;
  /** Recorded verbose tasks have `Z` on these dates though other dates have no zone. */
  readonly zoneInVerbose?: boolean;
  /** Since which x-ms-version the service has it. */
  readonly since?: number;
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

export interface Navigation {
  readonly name: string;
  /** The set it leads to. */
  readonly to: string;
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
  readonly navigation: readonly Navigation[];
  /** The name of the key, where it is not `Id`; its type says how it is written in addresses. */
  readonly key?: string;
  readonly idOf: (entity: E) => string;
}

export const namespace = 'Microsoft.Cloud.Media.Vod.Rest.Data.Models';

/** Notification subscriptions of tasks and formats of assets came with the SDK that speaks 2.13. */
const sdkOf213 = 2.13;
const jobNotificationsSince = 2.01;
const storageAccountsSince = 2.02;

const assetLinks: readonly Navigation[] = [
  { name: 'OutputMediaAssets', to: 'Assets' },
  { name: 'InputMediaAssets', to: 'Assets' },
];

export const jobType: EntityType<JobSnapshot> = {
  name: 'Job',
  set: 'Jobs',
  idOf: (job) => job.id,
  navigation: [{ name: 'Tasks', to: 'Tasks' }, ...assetLinks],
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
      since: jobNotificationsSince,
      write: (job) =>
        (job.subscriptions ?? []).map(({ notificationEndPointId, targetJobState }) => [
          { name: 'NotificationEndPointId', type: 'Edm.String', value: notificationEndPointId },
          { name: 'TargetJobState', type: 'Edm.Int32', value: targetJobState },
        ]),
    },
  ],
};

export const taskType: EntityType<TaskSnapshot> = {
  name: 'Task',
  set: 'Tasks',
  idOf: (task) => task.id,
  navigation: assetLinks,
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
    primitive('MediaProcessorId', 'Edm.String', (task) => task.mediaProcessorId),
    primitive('Name', 'Edm.String', (task) => task.name),
    primitive('PerfMessage', 'Edm.String', (task) => task.perfMessage),
    primitive('Priority', 'Edm.Int32', (task) => task.priority),
    primitive('Progress', 'Edm.Double', (task) => task.progress),
    primitive('RunningDuration', 'Edm.Double', (task) => task.runningDuration),
    { ...primitive<TaskSnapshot>('StartTime', 'Edm.DateTime', (task) => task.startTime), zoneInVerbose: true },
    primitive('State', 'Edm.Int32', (task) => task.state),
    primitive('TaskBody', 'Edm.String', (task) => task.taskBody),
    primitive('Options', 'Edm.Int32', (task) => task.options),
    primitive('EncryptionKeyId', 'Edm.String', (task) => task.encryption.keyId),
    primitive('EncryptionScheme', 'Edm.String', (task) => task.encryption.scheme),
    primitive('EncryptionVersion', 'Edm.String', (task) => task.encryption.version),
    primitive('InitializationVector', 'Edm.String', (task) => task.encryption.initializationVector),
    {
      kind: 'collection',
      name: 'TaskNotificationSubscriptions',
      itemType: 'TaskNotificationSubscription',
      since: sdkOf213,
      write: (task) =>
        task.subscriptions.map(({ includeTaskProgress, notificationEndPointId, targetTaskState }) => [
          { name: 'IncludeTaskProgress', type: 'Edm.Boolean', value: includeTaskProgress },
          { name: 'NotificationEndPointId', type: 'Edm.String', value: notificationEndPointId },
          { name: 'TargetTaskState', type: 'Edm.Int32', value: targetTaskState },
        ]),
    },
  ],
};

/** In the order of recorded assets (MS docs "Get started with delivering content on demand using REST API"). */
export const assetType: EntityType<AssetSnapshot> = {
  name: 'Asset',
  set: 'Assets',
  idOf: (asset) => asset.id,
  navigation: [],
  properties: [
    primitive('Id', 'Edm.String', (asset) => asset.id),
    primitive('State', 'Edm.Int32', (asset) => asset.state),
    primitive('Created', 'Edm.DateTime', (asset) => asset.created),
    primitive('LastModified', 'Edm.DateTime', (asset) => asset.lastModified),
    primitive('AlternateId', 'Edm.String', (asset) => asset.alternateId),
    primitive('Name', 'Edm.String', (asset) => asset.name),
    primitive('Options', 'Edm.Int32', (asset) => asset.options),
    { ...primitive<AssetSnapshot>('FormatOption', 'Edm.Int32', (asset) => asset.formatOption), since: sdkOf213 },
    {
      ...primitive<AssetSnapshot>('Uri', 'Edm.String', ({ id, storageAccountName }) => {
        const guid = id.slice(id.lastIndexOf(':') + 1);
        return `https://${storageAccountName}.blob.core.windows.net/asset-${guid}`;
      }),
      since: storageAccountsSince,
    },
    {
      ...primitive<AssetSnapshot>('StorageAccountName', 'Edm.String', (asset) => asset.storageAccountName),
      since: storageAccountsSince,
    },
  ],
};

/** MS docs "MediaProcessor". */
export const mediaProcessorType: EntityType<MediaProcessor> = {
  name: 'MediaProcessor',
  set: 'MediaProcessors',
  idOf: (processor) => processor.id,
  navigation: [],
  properties: [
    primitive('Id', 'Edm.String', (processor) => processor.id),
    primitive('Description', 'Edm.String', (processor) => processor.description),
    primitive('Name', 'Edm.String', (processor) => processor.name),
    primitive('Sku', 'Edm.String', () => ''),
    primitive('Vendor', 'Edm.String', () => 'Microsoft'),
    primitive('Version', 'Edm.String', (processor) => processor.version),
  ],
};

/**
 * MS docs "EncodingReservedUnitType", which types the numbers as `Edm.Int` and the account as `Edm.GUID`. No answer was
 * recorded; the order is that of published client classes.
 */
export const reservedUnitType: EntityType<ReservedUnits> = {
  name: 'EncodingReservedUnitType',
  set: 'EncodingReservedUnitTypes',
  key: 'AccountId',
  idOf: (units) => units.accountId,
  navigation: [],
  properties: [
    primitive('AccountId', 'Edm.Guid', (units) => units.accountId),
    primitive('ReservedUnitType', 'Edm.Int32', (units) => units.type),
    primitive('MaxReservableUnits', 'Edm.Int32', (units) => units.most),
    primitive('CurrentReservedUnits', 'Edm.Int32', (units) => units.current),
  ],
};

/** How an address below the API root names an entity. */
export function addressOf<E>({ set, key, idOf }: EntityType<E>, entity: E): string {
  return `${set}(${key === undefined ? '' : 'guid'}'${encodeURIComponent(idOf(entity))}')`;
}

/** Every property that is one value. */
export function primitivesOf<E>(type: EntityType<E>): PrimitiveProperty<E>[] {
  return type.properties.filter((property): property is PrimitiveProperty<E> => property.kind === 'primitive');
}

function primitive<E>(name: string, type: PrimitiveType, read: (entity: E) => PrimitiveValue): PrimitiveProperty<E> {
  return { kind: 'primitive', name, type, read };
}
