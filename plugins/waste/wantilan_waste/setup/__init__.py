"""What a second village takes over: categories, prices, plans of fees, routes with their schedules.

No person, no service point, no facility, no vehicle, and no money that anybody has or owes.
"""
