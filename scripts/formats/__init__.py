"""How files are read: tables, gene sets, MatrixMarket, archives, HDF5. What is wrong with one is said in one line."""
