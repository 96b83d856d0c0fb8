"""The core scaled out by the workflow: rows of an AnnData over jobs, moments per job, one sum, one solve."""
