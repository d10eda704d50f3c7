const startSearch = () => {};
