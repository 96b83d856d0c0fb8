"""The gene sets (Gene Ontology, Reactome) that several parts test for enrichment."""
