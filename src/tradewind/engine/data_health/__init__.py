"""Can what is loaded be used, and is it new enough to plan from?"""
