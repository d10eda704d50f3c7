// Once for the page.
startFrameworks();
startColumns();
startView();
startPictures();
startCopying();
startContents();
startPreviews();
startSidenotes();
startDiscussions();
startSearch();

// Once for its text, which the preview puts in anew.
const furnish = () => {
  findGroups();
  addSplitButtons();
  addEnlargeButtons();
  addCopyButtons();
  show(root.dataset.chosen);
  placeSidenotes();
  findSections();
  markSection();
};
furnish();
document.addEventListener("d2lbook:swapped", furnish);
showPlace();
startRevealing();
markFound();
