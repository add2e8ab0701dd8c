import {
  assetType,
  type ComplexValue,
  type EntityType,
  jobType,
  mediaProcessorType,
  namespace,
  reservedUnitType,
  taskType,
} from './model.ts';

/** Types of collections' items, which the entities' own descriptions name only. */
const complexTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  JobNotificationSubscription: { NotificationEndPointId: 'Edm.String', TargetJobState: 'Edm.Int32' },
  ErrorDetail: { Code: 'Edm.String', Message: 'Edm.String' },
  TaskHistoricalEvent: { Code: 'Edm.String', Message: 'Edm.String', TimeStamp: 'Edm.DateTime' },
  TaskNotificationSubscription: {
    IncludeTaskProgress: 'Edm.Boolean',
    NotificationEndPointId: 'Edm.String',
    TargetTaskState: 'Edm.Int32',
  } satisfies Record<string, ComplexValue[number]['type']>,
};

/**
 * What the API consists of, as OData v3 describes it (MS-CSDL in an EDMX). The service's own document was never
 * recorded; this one says what the emulator has.
 *
 * @param version the request's x-ms-version, which decides what exists
 */
export function metadataDocument(version: number): string {
  const parts = [jobType, taskType, assetType, mediaProcessorType, reservedUnitType].map((type) =>
    describe(type as EntityType<never>, version),
  );
  const complex = Object.entries(complexTypes).map(
    ([name, fields]) =>
      `<ComplexType Name="${name}">${Object.entries(fields)
        .map(([field, type]) => `<Property Name="${field}" Type="${type}" />`)
        .join('')}</ComplexType>`,
  );
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">',
    '<edmx:DataServices m:DataServiceVersion="3.0" m:MaxDataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">',
    `<Schema Namespace="${namespace}" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">`,
    ...parts.map(({ entity }) => entity),
    ...complex,
    ...parts.flatMap(({ associations }) => associations),
    '<EntityContainer Name="MediaServices" m:IsDefaultEntityContainer="true">',
    ...parts.map(({ set }) => set),
    ...parts.flatMap(({ associationSets }) => associationSets),
    '<FunctionImport Name="CancelJob" m:HttpMethod="GET"><Parameter Name="jobid" Type="Edm.String" /></FunctionImport>',
    '<FunctionImport Name="CreateFileInfos" m:HttpMethod="GET"><Parameter Name="assetid" Type="Edm.String" /></FunctionImport>',
    '</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>',
  ].join('');
}

interface Description {
  readonly entity: string;
  readonly set: string;
  readonly associations: readonly string[];
  readonly associationSets: readonly string[];
}

function describe({ name, set, key = 'Id', properties, navigation }: EntityType<never>, version: number): Description {
  const own = properties
    .filter((property) => version >= (property.since ?? 0))
    .map((property) => {
      const type = property.kind === 'primitive' ? property.type : `Collection(${namespace}.${property.itemType})`;
      const isRequired = property.name === key || property.kind === 'collection';
      return `<Property Name="${property.name}" Type="${type}"${isRequired ? ' Nullable="false"' : ''} />`;
    });
  const links = navigation.map((link) => ({
    ...link,
    association: `${name}_${link.name}`,
    target: link.to.slice(0, -1),
  }));
  return {
    entity: [
      `<EntityType Name="${name}"><Key><PropertyRef Name="${key}" /></Key>`,
      ...own,
      ...links.map(
        (link) =>
          `<NavigationProperty Name="${link.name}" Relationship="${namespace}.${link.association}" FromRole="${name}" ToRole="${link.name}" />`,
      ),
      '</EntityType>',
    ].join(''),
    set: `<EntitySet Name="${set}" EntityType="${namespace}.${name}" />`,
    associations: links.map(
      (link) =>
        `<Association Name="${link.association}"><End Type="${namespace}.${name}" Role="${name}" Multiplicity="*" /><End Type="${namespace}.${link.target}" Role="${link.name}" Multiplicity="*" /></Association>`,
    ),
    associationSets: links.map(
      (link) =>
        `<AssociationSet Name="${link.association}" Association="${namespace}.${link.association}"><End Role="${name}" EntitySet="${set}" /><End Role="${link.name}" EntitySet="${link.to}" /></AssociationSet>`,
    ),
  };
}
