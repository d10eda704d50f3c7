// Tells JupyterLab that its notebook editor can open Markdown files.
//
// This is the container that JupyterLab loads an extension from (module federation, as
// webpack builds it). It is short enough to be written by hand, since it uses nothing but
// the application that it is given.

(() => {
  const pages = {
    id: 'd2lbook:pages',
    description: 'Offers to open Markdown files as notebooks.',
    autoStart: true,
    activate: app => {
      app.docRegistry.addFileType(
        {
          name: 'd2lbook-page',
          displayName: 'Page of a book',
          contentType: 'notebook',
          extensions: ['.md']
        },
        ['Notebook']
      );
    }
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB.d2lbook = {
    init: () => {},
    get: () => Promise.resolve(() => ({ __esModule: true, default: pages }))
  };
})();
