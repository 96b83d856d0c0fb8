"""Where a run's results come from: config, workflow, jobs, inputs, software, machine, and the research object."""
