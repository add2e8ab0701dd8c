import type { EditorParts } from './editorParts.ts';
import type { Editors } from './editors.ts';
import { JobDetailsPanels } from './jobDetailsPanels.ts';
import { JobDocuments } from './jobDocuments.ts';

/** The entry of the bundle with what stands in editor tabs, which is loaded when the first one is opened. */
export function createEditors(parts: EditorParts): Editors {
  const panels = new JobDetailsPanels(parts);
  const documents = new JobDocuments(parts);
  return {
    openDetails: (key, options) => panels.open(key, options),
    get activeDetails() {
      return panels.active;
    },
    restoreDetails: (panel, state) => panels.restore(panel, state),
    openDocument: (kind, key, options) => documents.open(kind, key, options),
    refreshDocument: (uri) => documents.refresh(uri),
    documentStat: (uri) => documents.stat(uri),
    documentFile: (uri) => documents.file(uri),
    dispose: () => {
      panels.dispose();
      documents.dispose();
    },
  };
}
