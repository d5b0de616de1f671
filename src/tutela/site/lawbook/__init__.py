"""The law in public: guided questions, the timeline, the gaps, a page per offence."""
